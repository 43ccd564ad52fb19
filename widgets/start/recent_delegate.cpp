// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/recent_delegate.h"

#include <QApplication>
#include <QPainter>

#include "widgets/start/recent_files.h"
#include "widgets/start/recent_model.h"
#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kMargin = 6;
constexpr int kIconSize = 16;
constexpr double kSmall = 11.0 / 12;

void drawKind(QPainter* painter, const QRect& rect, const QModelIndex& index) {
    const auto kind = static_cast<RecentFile::Kind>(index.data(RecentModel::SortRole).toInt());
    const double scale = painter->device()->devicePixelRatioF();
    QRect place(0, 0, kIconSize, kIconSize);
    place.moveCenter(rect.center());
    const QPixmap pixmap =
        kind == RecentFile::Kind::Session
            ? iconPixmap(QStringLiteral("file"), widgets::colors().accent, kIconSize, scale)
        : kind == RecentFile::Kind::Model
            ? iconPixmap(QStringLiteral("model"), widgets::colors().accent, kIconSize, scale)
            : iconPixmap(QStringLiteral("cache"), widgets::colors().muted, kIconSize, scale);
    painter->drawPixmap(place, pixmap);
}

/// The name in bold over the folder, which keeps its end where it is too long.
void drawName(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) {
    QFont bold = option.font;
    bold.setBold(true);
    QFont small = option.font;
    if (small.pointSizeF() > 0)
        small.setPointSizeF(small.pointSizeF() * kSmall);
    const QFontMetrics upper(bold);
    const QFontMetrics lower(small);
    const int left = option.rect.left() + kMargin;
    const int width = option.rect.width() - 2 * kMargin;
    const int top = option.rect.center().y() - (upper.height() + lower.height()) / 2;
    const bool isSelected = option.state & QStyle::State_Selected;
    painter->setFont(bold);
    painter->setPen(widgets::colors().text);
    painter->drawText(QRect(left, top, width, upper.height()), Qt::AlignLeft,
                      upper.elidedText(index.data().toString(), Qt::ElideMiddle, width));
    painter->setFont(small);
    painter->setPen(isSelected ? widgets::colors().text : widgets::colors().muted);
    painter->drawText(
        QRect(left, top + upper.height(), width, lower.height()), Qt::AlignLeft,
        lower.elidedText(index.data(RecentModel::FolderRole).toString(), Qt::ElideLeft, width));
}

}  // namespace

void RecentDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    QStyleOptionViewItem item = option;
    // A row is selected as a whole; the cell that has the focus is of no matter.
    item.state &= ~QStyle::State_HasFocus;
    if (index.column() != RecentModel::Kind && index.column() != RecentModel::Name) {
        if (item.state & QStyle::State_Selected)  // Muted does not reach 4.5:1 there in dark.
            item.palette.setColor(QPalette::Text, widgets::colors().text);
        return QStyledItemDelegate::paint(painter, item, index);
    }
    initStyleOption(&item, index);
    item.text.clear();
    QApplication::style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &item, painter, item.widget);
    painter->save();
    if (index.column() == RecentModel::Kind)
        drawKind(painter, item.rect, index);
    else
        drawName(painter, item, index);
    painter->restore();
}

QSize RecentDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(kRowHeight);
    return size;
}

}  // namespace clipscope::widgets
