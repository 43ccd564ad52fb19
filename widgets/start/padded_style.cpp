// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/padded_style.h"

#include <QStyleOptionHeader>

namespace clipscope::widgets {

PaddedStyle::PaddedStyle(QObject* parent) {
    setParent(parent);
}

int PaddedStyle::pixelMetric(PixelMetric metric, const QStyleOption* option,
                             const QWidget* widget) const {
    if (metric == PM_FocusFrameHMargin)
        return kPadding - 1;  // To which the item adds one.
    return QProxyStyle::pixelMetric(metric, option, widget);
}

void PaddedStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
    const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
    if (element != CE_HeaderLabel || !header)
        return QProxyStyle::drawControl(element, option, painter, widget);
    const int more = kPadding - pixelMetric(PM_HeaderMargin, option, widget);
    const bool hasArrow = header->sortIndicator != QStyleOptionHeader::None;
    QStyleOptionHeader padded = *header;
    padded.rect.adjust(more, 0, hasArrow ? 0 : -more, 0);
    QProxyStyle::drawControl(element, &padded, painter, widget);
}

}  // namespace clipscope::widgets
