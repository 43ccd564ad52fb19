// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/caption_row.h"

namespace clipscope::widgets {
namespace {

constexpr int kHeight = 22;
constexpr int kSample = 16;  ///< length of a sample line
constexpr int kGap = 4;
constexpr int kBetween = 12;

}  // namespace

CaptionRow::CaptionRow(QCustomPlot* plot, const QCPAxisRect* under)
    : QCPLayoutElement(plot), m_under(under) {
    setMinimumSize(0, kHeight);
    setMaximumSize(QWIDGETSIZE_MAX, kHeight);
    setMinimumMargins(QMargins());
    setMargins(QMargins());
}

void CaptionRow::setContent(std::vector<Entry> entries, const QString& right,
                            const QColor& rightColor) {
    m_entries = std::move(entries);
    m_right = right;
    m_rightColor = rightColor;
}

void CaptionRow::draw(QCPPainter* painter) {
    const QFont font = mParentPlot->font();
    const QFontMetrics metrics(font);
    painter->setFont(font);
    double x = m_under->left();
    const double end = m_under->right();
    const QRectF row = rect();
    for (const Entry& entry : m_entries) {
        painter->setPen(entry.pen);
        painter->drawLine(QLineF(x, row.center().y() + 0.5, x + kSample, row.center().y() + 0.5));
        x += kSample + kGap;
        painter->setPen(entry.pen.color());
        const double width = metrics.horizontalAdvance(entry.text);
        painter->drawText(QRectF(x, row.top(), width + 2, row.height()),
                          Qt::AlignLeft | Qt::AlignVCenter, entry.text);
        x += width + kBetween;
    }
    const QString right = metrics.elidedText(m_right, Qt::ElideRight, static_cast<int>(end - x));
    painter->setPen(m_rightColor);
    painter->drawText(QRectF(x, row.top(), end - x, row.height()),
                      Qt::AlignRight | Qt::AlignVCenter, right);
}

}  // namespace clipscope::widgets
