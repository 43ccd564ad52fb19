// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/mini_histogram.h"

#include <cmath>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kHead = 20;
constexpr int kLeft = 30;       ///< for the labels of counts
constexpr int kFoot = 16;       ///< for the labels of values
constexpr double kFloor = 0.6;  ///< count at the bottom, so that a single value is seen

QFont smallFont(const QFont& font) {
    QFont small = font;
    small.setPointSizeF(std::max(8.0, font.pointSizeF() - 0.75));
    return small;
}

/// 1, 2 or 5 times a power of ten: about `parts` steps over the width.
double niceStep(double width, int parts) {
    const double raw = width / parts;
    const double power = std::pow(10, std::floor(std::log10(raw)));
    const double lead = raw / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

double logHeight(double count, double most) {
    if (count <= 0)
        return 0;
    return std::log(count / kFloor) / std::log(std::max(most, 2.0) * 1.3 / kFloor);
}

}  // namespace

void drawSteps(QPainter& painter, const QRectF& target, const session::LiveTensor& tensor) {
    const session::PlotBins& bins = tensor.bins;
    if (bins.counts.empty() || !(tensor.view.width() > 0))
        return;
    const auto x = [&](double value) {
        return target.left() + (value - tensor.view.lo) / tensor.view.width() * target.width();
    };
    QPolygonF steps;
    steps << QPointF(x(bins.edge(0)), target.bottom());
    for (size_t i = 0; i < bins.counts.size(); ++i) {
        const double height =
            logHeight(static_cast<double>(bins.counts[i]), static_cast<double>(bins.most));
        const double y = target.bottom() - height * target.height();
        steps << QPointF(x(bins.edge(i)), y) << QPointF(x(bins.edge(i + 1)), y);
    }
    steps << QPointF(steps.last().x(), target.bottom());
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors().fill);
    painter.drawPolygon(steps);
    painter.setPen(QPen(colors().outline, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(steps);
}

MiniHistogram::MiniHistogram(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void MiniHistogram::setTensor(const QString& name, const session::LiveTensor* tensor,
                              bool growing) {
    m_name = name;
    m_hasValues = tensor != nullptr;
    if (tensor)
        m_tensor = *tensor;
    m_isGrowing = growing;
    setAccessibleName(tr("Histogram of %1 so far").arg(name));
    setToolTip(m_hasValues ? tr("%1: amax %2, raised by sample %3. Counts on a logarithmic axis.")
                                 .arg(name, significantText(static_cast<double>(m_tensor.amax)))
                                 .arg(m_tensor.raisedBy)
                           : name);
    update();
}

void MiniHistogram::drawHead(QPainter& painter, const QRectF& head) const {
    QString right;
    painter.setFont(smallFont(font()));
    if (m_hasValues) {
        right = tr("amax %1").arg(significantText(static_cast<double>(m_tensor.amax)));
        const QString whole = right + tr(", raised by %1").arg(m_tensor.raisedBy);
        if (m_isGrowing && painter.fontMetrics().horizontalAdvance(whole) < head.width() / 2)
            right = whole;
    }
    const double width = painter.fontMetrics().horizontalAdvance(right) + 8;
    painter.setPen(m_isGrowing ? colors().warning : colors().muted);
    painter.drawText(head, Qt::AlignRight | Qt::AlignVCenter, right);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(colors().text);
    const QRectF left = head.adjusted(0, 0, -width, 0);
    painter.drawText(
        left, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(m_name, Qt::ElideMiddle, static_cast<int>(left.width())));
}

void MiniHistogram::drawAxes(QPainter& painter, const QRectF& plot) const {
    painter.setFont(smallFont(font()));
    const auto most = static_cast<double>(m_tensor.bins.most);
    const int decades = static_cast<int>(std::log10(std::max(most, 1.0)));
    for (int decade = 0; decade <= decades; decade += std::max(1, (decades + 1) / 3)) {
        const double y = plot.bottom() - logHeight(std::pow(10, decade), most) * plot.height();
        painter.setPen(colors().grid);
        painter.drawLine(QLineF(plot.left(), y, plot.right(), y));
        painter.setPen(colors().muted);
        painter.drawText(QRectF(0, y - 8, kLeft - 5, 16), Qt::AlignRight | Qt::AlignVCenter,
                         powerOfTenText(decade));
    }
    const double width = m_tensor.view.width();
    const double step = niceStep(width, 4);
    for (double at = std::ceil(m_tensor.view.lo / step) * step; at <= m_tensor.view.hi;
         at += step) {
        const double value = std::abs(at) < step / 2 ? 0 : at;
        const double x = plot.left() + (at - m_tensor.view.lo) / width * plot.width();
        painter.setPen(colors().grid);
        painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()));
        painter.setPen(colors().muted);
        painter.drawText(QRectF(x - 40, plot.bottom() + 1, 80, kFoot), Qt::AlignCenter,
                         withMinus(QString::number(value, 'g', 3)));
    }
}

void MiniHistogram::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF area = rect();
    drawHead(painter, QRectF(kLeft, 0, area.width() - kLeft - 1, kHead));
    const QRectF plot = area.adjusted(kLeft, kHead, -1, -kFoot);
    painter.fillRect(plot, colors().base);
    if (m_hasValues && m_tensor.view.width() > 0) {
        drawAxes(painter, plot);
        painter.setRenderHint(QPainter::Antialiasing);
        drawSteps(painter, plot, m_tensor);
        painter.setRenderHint(QPainter::Antialiasing, false);
    } else {
        painter.setPen(colors().faint);
        painter.drawText(plot, Qt::AlignCenter, tr("no values yet"));
    }
    painter.setPen(colors().line);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(plot.adjusted(0, 0, -0.5, -0.5));
}

}  // namespace clipscope::widgets
