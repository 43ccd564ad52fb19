// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/readout_line.h"

#include <QPainter>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kHeight = 24;
constexpr int kPad = 8;
constexpr int kBetween = 12;
constexpr int kNoticeTime = 4000;  ///< ms

}  // namespace

ReadoutLine::ReadoutLine(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("readoutLine"));
    setAccessibleName(tr("What the cursor reads"));
    setToolTip(
        tr("At the cursor: the range of the bin, how many values are in it, the share of "
           "values up to there, and the code they get. At the right: the part shown."));
    setFixedHeight(kHeight);
    m_noticeEnd.setSingleShot(true);
    m_noticeEnd.setInterval(kNoticeTime);
    connect(&m_noticeEnd, &QTimer::timeout, this, [this] {
        m_notice.clear();
        update();
    });
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize ReadoutLine::sizeHint() const {
    return {200, kHeight};
}

void ReadoutLine::setReading(const std::optional<session::PlotReading>& reading, bool ofMagnitude) {
    m_parts.clear();
    if (reading) {
        const QString upTo =
            (ofMagnitude ? tr("|x| ≤ %1:") : tr("x ≤ %1:")).arg(significantText(reading->at));
        m_parts = {{tr("Cursor"), tr("x %1").arg(rangeText(reading->lo, reading->hi, 4))},
                   {tr("count"), countText(reading->count)},
                   {upTo, cumulativePercentText(reading->percent) + QStringLiteral(" %")},
                   {tr("code"), withMinus(QString::number(reading->code))}};
    }
    update();
}

void ReadoutLine::setView(const session::PlotView& view, double min, double max) {
    m_right = tr("view %1 of %2").arg(rangeText(view.lo, view.hi), rangeText(min, max));
    update();
}

void ReadoutLine::showNotice(const QString& text) {
    m_notice = text;
    m_noticeEnd.start();
    update();
}

void ReadoutLine::clear() {
    m_parts.clear();
    m_right.clear();
    m_notice.clear();
    update();
}

QString ReadoutLine::leftText() const {
    if (!m_notice.isEmpty())
        return m_notice;
    QString text;
    for (const Part& part : m_parts)
        text += part.name + QLatin1Char(' ') + part.value + QLatin1Char(' ');
    return text.trimmed();
}

void ReadoutLine::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Palette& colors = widgets::colors();
    painter.setPen(colors.softLine);
    painter.drawLine(0, 0, width(), 0);
    const QRect row = rect().adjusted(kPad, 1, -kPad, 0);
    const QFontMetrics metrics(font());
    int x = row.left();
    const auto draw = [&](const QString& text, const QColor& color, int gap) {
        painter.setPen(color);
        painter.drawText(QRect(x, row.top(), row.right() - x + 1, row.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, text);
        x += metrics.horizontalAdvance(text) + gap;
    };
    if (!m_notice.isEmpty()) {
        draw(m_notice, colors.warning, kBetween);
    } else if (m_parts.empty()) {
        draw(tr("Move the cursor over the plots to read them."), colors.faint, kBetween);
    } else {
        for (const Part& part : m_parts) {
            draw(part.name, colors.muted, 5);
            draw(part.value, colors.text, kBetween);
        }
    }
    if (metrics.horizontalAdvance(m_right) > row.right() - x)
        return;
    painter.setPen(colors.muted);
    painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, m_right);
}

}  // namespace clipscope::widgets
