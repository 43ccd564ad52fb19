// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/statistics_table.h"

#include <QGridLayout>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

using Role = FigureLabel::Role;

}  // namespace

StatisticsTable::StatisticsTable(QWidget* parent) : QWidget(parent) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(0);
    m_count = add(0, 0, tr("count"), "countFigure", tr("Values seen, over all samples"));
    m_zeros = add(1, 0, tr("zeros"), "zerosFigure", tr("Share of the values that are 0"));
    m_nonFinite = add(2, 0, tr("NaN, Inf"), "nonFiniteFigure",
                      tr("Values that are no finite numbers; they are left out"));
    m_amax = add(3, 0, tr("amax"), "amaxFigure", tr("The largest |x|"));
    m_min = add(0, 2, tr("min"), "minFigure", tr("The least finite value"));
    m_max = add(1, 2, tr("max"), "maxFigure", tr("The largest finite value"));
    m_mean = add(2, 2, tr("mean"), "meanFigure", tr("Mean of the finite values"));
    m_deviation = add(3, 2, tr("std. dev."), "deviationFigure", tr("Standard deviation"));
    grid->setColumnStretch(1, 3);
    grid->setColumnStretch(3, 2);
    auto* caption = new FigureLabel(tr("amax set by"), Role::Muted, Qt::AlignLeft, this);
    m_setter = new FigureLabel({}, Role::Plain, Qt::AlignRight, this);
    m_setter->setObjectName(QStringLiteral("amaxSample"));
    m_setter->setElide(Qt::ElideMiddle);
    grid->addWidget(caption, 4, 0);
    grid->addWidget(m_setter, 4, 1, 1, 3);
    m_growing = new FigureLabel(tr("amax still grew at the last sample"), Role::Warning,
                                Qt::AlignLeft, this);
    m_growing->setObjectName(QStringLiteral("stillGrowing"));
    m_growing->setIcon(QStringLiteral("warning"));
    m_growing->setToolTip(
        tr("The last sample raised amax: more samples may raise it further. Calibrate with more."));
    grid->addWidget(m_growing, 5, 0, 1, 4);
}

FigureLabel* StatisticsTable::add(int row, int column, const QString& caption, const char* name,
                                  const QString& tip) {
    auto* grid = static_cast<QGridLayout*>(layout());
    auto* label = new FigureLabel(caption, Role::Muted, Qt::AlignLeft, this);
    label->setToolTip(tip);
    auto* figure = new FigureLabel({}, Role::Plain, Qt::AlignRight, this);
    figure->setObjectName(QString::fromLatin1(name));
    figure->setToolTip(tip);
    figure->setWidest(column == 0 ? QStringLiteral("123,456,789") : QStringLiteral("−1.234"));
    grid->addWidget(label, row, column);
    grid->addWidget(figure, row, column + 1);
    return figure;
}

void StatisticsTable::showTensor(const session::Session& session,
                                 const session::TensorEntry& tensor) {
    const histogram::Histogram& histogram = tensor.statistics.histogram;
    const auto share = [&](uint64_t part) {
        return 100 * static_cast<double>(part) / static_cast<double>(histogram.count());
    };
    m_count->setText(countText(histogram.count()));
    m_zeros->setText(tr("%1 %").arg(clipPercentText(share(histogram.zeros()))));
    m_nonFinite->setText(QStringLiteral("%1, %2").arg(countText(histogram.nan()),
                                                      countText(histogram.infinities())));
    const bool isBad = histogram.nan() + histogram.infinities() > 0;
    m_nonFinite->setRole(isBad ? Role::Warning : Role::Plain);
    m_amax->setText(significantText(static_cast<double>(histogram.amax())));
    m_min->setText(significantText(static_cast<double>(histogram.min())));
    m_max->setText(significantText(static_cast<double>(histogram.max())));
    const auto setter = tensor.statistics.amaxSample();
    const auto index = setter ? static_cast<size_t>(setter->sample) : session.samples.size();
    m_setter->setText(index < session.samples.size()
                          ? QString::fromStdString(session.samples[index])
                          : tr("not known"));
    m_setter->setToolTip(index < session.samples.size()
                             ? tr("%1, sample %2 of %3")
                                   .arg(m_setter->text())
                                   .arg(index + 1)
                                   .arg(session.samples.size())
                             : tr("The first axis of this tensor is not the batch. Calibrate with "
                                  "batch 1 to know it."));
    m_growing->setVisible(session::isStillGrowing(tensor.statistics));
}

void StatisticsTable::showMoments(double mean, double standardDeviation) {
    m_mean->setText(significantText(mean));
    m_deviation->setText(significantText(standardDeviation));
}

void StatisticsTable::setMomentsStale(bool isStale) {
    m_mean->setStale(isStale);
    m_deviation->setStale(isStale);
}

}  // namespace clipscope::widgets
