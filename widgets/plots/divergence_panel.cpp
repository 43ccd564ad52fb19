// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/divergence_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include <qcustomplot.h>

#include "widgets/plots/plot_tickers.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kRow = 20;
constexpr int kTableWidth = 312;
constexpr int kPlotHeight = 148;
constexpr double kMostDecades = 9;

QLabel* makeLabel(QWidget* parent, const QString& name) {
    auto* label = new QLabel(parent);
    label->setObjectName(name);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setTextFormat(Qt::RichText);
    return label;
}

QTableWidget* makeTable(QWidget* parent) {
    auto* table = new QTableWidget(0, 4, parent);
    table->setObjectName(QStringLiteral("contributionsTable"));
    table->setAccessibleName(QObject::tr("Largest contributions to the divergence"));
    table->setToolTip(
        QObject::tr("The bins with the largest |P ln(P/Q)|, in nats. A positive one has more "
                    "in P than Q gives it, a negative one less."));
    table->setHorizontalHeaderLabels(
        {QObject::tr("|x|"), QObject::tr("P"), QObject::tr("Q"), QObject::tr("P ln(P/Q)")});
    for (int column = 1; column < table->columnCount(); ++column)
        table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    table->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(kRow);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(3, QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    table->horizontalHeader()->setHighlightSections(false);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->setFocusPolicy(Qt::NoFocus);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setFixedWidth(kTableWidth);
    return table;
}

/// Steps over equal bins; the last one is closed.
QVector<QCPGraphData> stepsOf(const std::vector<double>& shares, double width, size_t first) {
    QVector<QCPGraphData> points;
    for (size_t i = first; i < shares.size(); ++i)
        points.push_back({static_cast<double>(i) * width, shares[i]});
    if (!points.isEmpty())
        points.push_back({static_cast<double>(shares.size()) * width, points.last().value});
    return points;
}

}  // namespace

DivergencePanel::DivergencePanel(QWidget* parent)
    : QWidget(parent),
      m_title(makeLabel(this, QStringLiteral("divergenceTitle"))),
      m_plot(new QCustomPlot(this)),
      m_table(makeTable(this)),
      m_sentence(makeLabel(this, QStringLiteral("divergenceSentence"))) {
    setObjectName(QStringLiteral("divergencePanel"));
    setWhatsThis(
        tr("How an entropy method judges one threshold. P are the values as they are, Q "
           "what is left of them after quantization."));
    m_plot->setObjectName(QStringLiteral("divergencePlot"));
    m_plot->setAccessibleName(tr("P and Q of the candidate"));
    m_plot->setToolTip(
        tr("Filled: P. Line: Q, one step per level. The last bin of P, marked, also "
           "holds the values beyond the threshold."));
    m_plot->setMinimumHeight(kPlotHeight);
    m_sentence->setWordWrap(true);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(8);
    middle->addWidget(m_plot, 1);
    middle->addWidget(m_table);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addLayout(middle, 1);
    layout->addWidget(m_sentence);

    m_plot->plotLayout()->setMargins({});
    m_plot->axisRect()->setMinimumMargins(QMargins(0, 4, 10, 0));
    m_plot->axisRect()->setupFullAxesBox(false);
    m_plot->xAxis->setTicker(QSharedPointer<PlainTicker>::create());
    m_plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
    m_plot->yAxis->setTicker(QSharedPointer<PowerTicker>::create());
    m_plot->yAxis->ticker()->setTickCount(4);
    m_plot->yAxis->setLabel(tr("Share of values"));
    m_p = m_plot->addGraph();
    m_outliers = m_plot->addGraph();
    m_q = m_plot->addGraph();
    for (QCPGraph* graph : {m_p, m_outliers, m_q}) {
        graph->setLineStyle(QCPGraph::lsStepLeft);
        graph->setAntialiased(false);
        graph->setAntialiasedFill(false);
    }
    connect(&Theme::instance(), &Theme::changed, this, &DivergencePanel::restyle);
    restyle();
}

void DivergencePanel::restyle() {
    const Palette& colors = widgets::colors();
    QFont font = this->font();
    font.setPixelSize(std::max(QFontInfo(font).pixelSize() - 1, 11));
    m_plot->setFont(font);
    m_plot->setBackground(QBrush(colors.window));
    m_plot->axisRect()->setBackground(colors.base);
    for (QCPAxis* axis : m_plot->axisRect()->axes()) {
        axis->setBasePen(QPen(colors.line, 1));
        axis->setTickPen(QPen(colors.line, 1));
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLength(0, 3);
        axis->setTickLabelFont(font);
        axis->setLabelFont(font);
        axis->setTickLabelColor(colors.muted);
        axis->setLabelColor(colors.muted);
        axis->grid()->setPen(QPen(colors.grid, 1));
    }
    m_plot->xAxis2->setTicks(false);
    m_plot->yAxis2->setTicks(false);
    m_p->setPen(QPen(colors.outline, 1));
    m_p->setBrush(colors.fill);
    m_outliers->setPen(QPen(colors.clipping, 2));
    QColor tint = colors.clipping;
    tint.setAlphaF(0.5f);
    m_outliers->setBrush(tint);
    m_q->setPen(QPen(colors.divergence, 1.6));
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void DivergencePanel::explain(const std::shared_ptr<const PlotSource>& source,
                              const std::shared_ptr<const session::TensorPlots>& curves,
                              double threshold, bool atT) {
    const int candidate = curves ? session::nearestCandidate(*curves, threshold) : -1;
    if (candidate < 0)
        return clear(curves ? tr("This tensor has too few values for a divergence.")
                            : tr("computing…"));
    if (curves == m_curves && candidate == m_candidate)
        return fillTexts(atT);
    m_curves = curves;
    m_candidate = candidate;
    m_job.post(
        [statistics = source->statistics, curves, candidate](const CancellationToken&,
                                                             const ProgressSink&) {
            return session::viewDivergence(*statistics, *curves, candidate);
        },
        [this, atT](session::DivergenceView view) { show(std::move(view), atT); },
        [this](const QString& message) { clear(message); });
}

void DivergencePanel::clear(const QString& why) {
    m_job.cancel();
    m_curves.reset();
    m_candidate = -1;
    m_view = {};
    fillPlot();
    fillTable();
    m_title->setText(why.toHtmlEscaped());
    m_sentence->clear();
}

void DivergencePanel::show(session::DivergenceView view, bool atT) {
    m_view = std::move(view);
    fillPlot();
    fillTable();
    fillTexts(atT);
}

void DivergencePanel::fillPlot() {
    const size_t last = m_view.p.empty() ? 0 : m_view.p.size() - 1;
    m_p->data()->set(stepsOf(m_view.p, m_view.binWidth, 0), true);
    m_outliers->data()->set(
        stepsOf(m_view.p, m_view.binWidth, m_view.outliers > 0 ? last : last + 1), true);
    m_q->data()->set(stepsOf(m_view.q, m_view.binWidth, 0), true);
    double least = 1;
    double most = 0;
    for (const std::vector<double>* shares : {&m_view.p, &m_view.q})
        for (const double share : *shares)
            if (share > 0) {
                least = std::min(least, share);
                most = std::max(most, share);
            }
    if (most > 0) {
        m_plot->xAxis->setRange(0, 1.02 * m_view.binWidth * static_cast<double>(m_view.p.size()));
        const double lower = std::max(least / 2, most * std::pow(10, -kMostDecades));
        m_plot->yAxis->setRange(lower, std::max(most * 2, lower * 12));
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void DivergencePanel::fillTable() {
    m_table->setRowCount(static_cast<int>(m_view.largest.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const auto& entry = m_view.largest[static_cast<size_t>(row)];
        const bool isLast = m_view.outliers > 0 && entry.bin == m_view.bins - 1;
        const QStringList texts{
            rangeText(entry.lo, entry.hi) + (isLast ? tr(" + rest") : QString()),
            significantText(entry.p, 2), significantText(entry.q, 2),
            significantText(entry.nats, 2)};
        for (int column = 0; column < texts.size(); ++column) {
            auto* item = new QTableWidgetItem(texts[column]);
            item->setTextAlignment(column == 0 ? Qt::AlignLeft | Qt::AlignVCenter
                                               : Qt::AlignRight | Qt::AlignVCenter);
            if (isLast)
                item->setForeground(widgets::colors().clipping);
            m_table->setItem(row, column, item);
        }
    }
}

void DivergencePanel::fillTexts(bool atT) {
    if (m_view.p.empty())
        return;
    const QString threshold = significantText(m_view.threshold);
    m_title->setText(
        tr("<b>KL divergence %1 nats</b> at %2 %3: %4 bins, %5 levels, %6 outliers (%7 %)")
            .arg(divergenceText(m_view.divergence), atT ? tr("T") : tr("cursor"), threshold)
            .arg(m_view.bins)
            .arg(m_view.levels)
            .arg(countText(static_cast<uint64_t>(std::llround(m_view.outliers))),
                 clipPercentText(m_view.outlierPercent)));
    m_sentence->setText(
        tr("P (filled) is |x| up to %1, with the values beyond counted in its last bin. Q (line) "
           "is what %2 levels leave of it: each level's count, without those, spread evenly over "
           "its non-empty bins. The divergence is the sum of P ln(P/Q), 0 if nothing is lost; the "
           "entropy methods take the T where it is least.")
            .arg(threshold)
            .arg(m_view.levels));
}

}  // namespace clipscope::widgets
