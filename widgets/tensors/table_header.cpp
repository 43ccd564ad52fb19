// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/table_header.h"

#include <QPainter>

#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kArrow = 7;  ///< width

}  // namespace

TableHeader::TableHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
    setObjectName("tensorHeader");
    setSectionsClickable(true);
    setHighlightSections(false);
    setSectionsMovable(true);
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void TableHeader::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), widgets::colors().window);
    painter.fillRect(0, height() - 1, width(), 1, widgets::colors().line);
    painter.end();
    QHeaderView::paintEvent(event);
}

void TableHeader::paintSection(QPainter* painter, const QRect& rect, int section) const {
    const Palette& colors = widgets::colors();
    painter->fillRect(rect, colors.window);
    painter->fillRect(rect.left(), rect.bottom(), rect.width(), 1, colors.line);
    painter->fillRect(rect.right(), rect.top() + 3, 1, rect.height() - 6, colors.line);
    const auto alignment =
        model()->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole).value<Qt::Alignment>();
    QRect text = rect.adjusted(kCellMargin, 0, -kCellMargin, -1);
    if (sortIndicatorSection() == section) {
        const bool isRight = alignment.testFlag(Qt::AlignRight);
        const int left = isRight ? rect.left() + 3 : rect.right() - kArrow - 4;
        const int middle = rect.center().y();
        const int tip = sortIndicatorOrder() == Qt::AscendingOrder ? -2 : 2;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(colors.muted, 1.25));
        painter->drawPolyline(
            QPolygonF({QPointF(left, middle - tip), QPointF(left + kArrow / 2.0, middle + tip),
                       QPointF(left + kArrow, middle - tip)}));
        painter->restore();
        if (isRight)
            text.setLeft(std::max(text.left(), left + kArrow + 1));
        else
            text.setRight(left - 1);
    }
    painter->setPen(colors.text);
    const QString title = model()->headerData(section, Qt::Horizontal).toString();
    painter->drawText(text, static_cast<int>(alignment) | Qt::TextSingleLine,
                      fontMetrics().elidedText(title, Qt::ElideRight, text.width()));
}

}  // namespace clipscope::widgets
