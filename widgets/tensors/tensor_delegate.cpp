// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_delegate.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <array>

#include "analysis/session/range_edit.h"
#include "widgets/style/icons.h"
#include "widgets/style/theme.h"
#include "widgets/tensors/name_elision.h"
#include "widgets/tensors/table_header.h"

namespace clipscope::widgets {
namespace {

using session::RangeEnd;
using session::Sparkline;

constexpr int kKeptPixmaps = 1000;
constexpr int kIcon = 14;
constexpr int kIconStep = 17;
constexpr double kLeastHeight = 1.5;  ///< so that single values beyond the range are seen

/// The bars whose middle lies within [from, to], as one area over the bottom of `area`.
QPainterPath barsWithin(const Sparkline& line, double from, double to, const QRectF& area,
                        double least) {
    QPainterPath path;
    for (size_t i = 0; i < line.heights.size(); ++i) {
        const double left = double(line.first) + double(line.step) * static_cast<double>(i);
        const double middle = left + double(line.step) / 2;
        if (line.heights[i] <= 0 || middle < from || middle > to)
            continue;
        const double height = std::max(double(line.heights[i]) * area.height(), least);
        path.addRect(QRectF(area.left() + left * area.width(), area.bottom() - height,
                            double(line.step) * area.width(), height));
    }
    return path;
}

void paintSparkline(QPainter& painter, const Sparkline& line, const session::Setting& setting,
                    const QRectF& area) {
    const Palette& colors = widgets::colors();
    const bool hasRange = setting.isSet() && !setting.keepFloat;
    const double low = hasRange ? line.position(session::rangeEnd(setting, RangeEnd::Low)) : -1;
    const double high = hasRange ? line.position(session::rangeEnd(setting, RangeEnd::High)) : 2;
    painter.setPen(Qt::NoPen);
    painter.fillPath(barsWithin(line, low, high, area, 0.5), colors.fill);
    painter.fillPath(barsWithin(line, -1, low, area, kLeastHeight), colors.clipping);
    painter.fillPath(barsWithin(line, high, 2, area, kLeastHeight), colors.clipping);
    for (const double at : std::array{low, high})
        if (hasRange && at >= 0 && at <= 1)
            painter.fillRect(QRectF(area.left() + at * area.width() - 0.75, area.top() - 2, 1.5,
                                    area.height() + 2),
                             colors.threshold);
}

}  // namespace

TensorDelegate::TensorDelegate(const TensorModel& model, const TensorProxy& proxy, QObject* parent)
    : QStyledItemDelegate(parent), m_model(model), m_proxy(proxy), m_sparklines(kKeptPixmaps) {
    connect(&model, &QAbstractItemModel::modelReset, this, [this] { m_sparklines.clear(); });
}

void TensorDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    item.state &= ~QStyle::State_HasFocus;
    item.widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &item, painter, item.widget);
    const int tensor = m_proxy.mapToSource(index).row();
    if (index.column() == widgets::index(TensorColumn::Marks))
        return paintMarks(painter, option.rect, tensor);
    if (index.column() == widgets::index(TensorColumn::Distribution)) {
        const QRect cell = option.rect.adjusted(kCellMargin, 2, -kCellMargin, -3);
        painter->drawPixmap(cell.topLeft(),
                            sparkline(tensor, cell.size(), painter->device()->devicePixelRatioF()));
        return;
    }
    const QRect cell = option.rect.adjusted(kCellMargin, 0, -kCellMargin, 0);
    const bool isName = index.column() == widgets::index(TensorColumn::Name);
    painter->setFont(item.font);
    painter->setPen(item.palette.color(
        item.state & QStyle::State_Selected ? QPalette::HighlightedText : QPalette::Text));
    painter->drawText(cell, static_cast<int>(item.displayAlignment) | Qt::TextSingleLine,
                      isName
                          ? nameFor(item, tensor, cell.width())
                          : item.fontMetrics.elidedText(item.text, Qt::ElideRight, cell.width()));
}

QString TensorDelegate::nameFor(const QStyleOptionViewItem& item, int tensor, int width) const {
    const auto fits = [&](const QString& text) {
        return item.fontMetrics.horizontalAdvance(text) <= width;
    };
    return elidedName(item.text, QString::fromStdString(m_model.tensor(tensor).op), fits);
}

QPixmap TensorDelegate::sparkline(int tensor, QSize size, double scale) const {
    const auto line = m_model.loader().entry(tensor).sparkline;
    if (!line || size.isEmpty())
        return {};
    const session::Setting& setting = m_model.setting(tensor);
    const QString key = QStringLiteral("%1 %2 %3 %4 %5 %6 %7 %8")
                            .arg(tensor)
                            .arg(setting.isSet() && !setting.keepFloat ? setting.scale : 0.0f)
                            .arg(setting.isAffine ? setting.zeroPoint : 0)
                            .arg(size.width())
                            .arg(size.height())
                            .arg(scale)
                            .arg(widgets::colors().isDark)
                            .arg(setting.isAffine);
    if (const QPixmap* known = m_sparklines.object(key))
        return *known;
    QPixmap pixmap((QSizeF(size) * scale).toSize());
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    paintSparkline(painter, *line, setting, QRectF(0, 2, size.width(), size.height() - 2));
    painter.end();
    m_sparklines.insert(key, new QPixmap(pixmap));
    return pixmap;
}

void TensorDelegate::paintMarks(QPainter* painter, const QRect& cell, int tensor) const {
    int left = cell.left() + kCellMargin;
    for (const TensorMark& mark : m_model.marks(tensor)) {
        painter->drawPixmap(
            left, cell.center().y() - kIcon / 2 + 1,
            iconPixmap(mark.icon, mark.color, kIcon, painter->device()->devicePixelRatioF()));
        left += kIconStep;
    }
}

bool TensorDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view,
                               const QStyleOptionViewItem& option, const QModelIndex& index) {
    if (event->type() != QEvent::ToolTip || index.column() != widgets::index(TensorColumn::Marks))
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    const auto marks = m_model.marks(m_proxy.mapToSource(index).row());
    const int at = (event->pos().x() - option.rect.left() - kCellMargin) / kIconStep;
    if (at < 0 || at >= static_cast<int>(marks.size()))
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    const QRect icon(option.rect.left() + kCellMargin + at * kIconStep, option.rect.top(),
                     kIconStep, option.rect.height());
    QToolTip::showText(event->globalPos(), marks[static_cast<size_t>(at)].text, view, icon);
    return true;
}

}  // namespace clipscope::widgets
