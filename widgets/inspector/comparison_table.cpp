// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/comparison_table.h"

#include <QGridLayout>
#include <algorithm>
#include <limits>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

using Role = FigureLabel::Role;

constexpr double kSameSqnr = 0.005;  ///< dB: reads alike with two decimals

}  // namespace

ComparisonTable::ComparisonTable(QWidget* parent) : QWidget(parent) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(4);
    grid->setVerticalSpacing(0);
    const std::array heads{tr("now"), tr("best"), tr("best"), tr("free")};
    const std::array kinds{tr("±T"), tr("±T"), tr("affine"), tr("affine¹")};
    const std::array tips{
        tr("The setting in use; it follows a drag"),
        tr("The symmetric threshold of least mean squared error"),
        tr("The range lo ≤ 0 ≤ hi of least mean squared error, with a zero point"),
        tr("The range of least mean squared error with lo and hi anywhere, its shift folded into "
           "the next layer's bias: not expressible in QuantizeLinear")};
    const std::array rows{tr("lo"),         tr("hi"),        tr("Zero point"), tr("SQNR, dB"),
                          tr("Codes used"), tr("Bits lost"), tr("Clipped, %")};
    const std::array rowTips{
        tr("Lower end of the range"),
        tr("Upper end of the range"),
        tr("The code that stands for 0"),
        tr("Signal to quantization noise ratio; the best that can be expressed is bold"),
        tr("Codes from that of the least to that of the largest value, of 256"),
        tr("log2(256 / codes used); · for none"),
        tr("Share of the values beyond the range")};
    for (int column = 0; column < kColumns; ++column) {
        const auto c = static_cast<size_t>(column);
        auto* head = new FigureLabel(heads[c], column == Now ? Role::Threshold : Role::Muted,
                                     Qt::AlignRight, this);
        m_kinds[c] = new FigureLabel(kinds[c], column == Now ? Role::Threshold : Role::Muted,
                                     Qt::AlignRight, this);
        head->setToolTip(tips[c]);
        m_kinds[c]->setToolTip(tips[c]);
        grid->addWidget(head, 0, column + 1);
        grid->addWidget(m_kinds[c], 1, column + 1);
        grid->setColumnStretch(column + 1, 1);
    }
    for (int row = 0; row < kRows; ++row) {
        const auto r = static_cast<size_t>(row);
        auto* caption = new FigureLabel(rows[r], Role::Muted, Qt::AlignLeft, this);
        caption->setToolTip(rowTips[r]);
        grid->addWidget(caption, row + 2, 0);
        for (int column = 0; column < kColumns; ++column) {
            auto* cell = new FigureLabel({}, column == Now ? Role::Threshold : Role::Plain,
                                         Qt::AlignRight, this);
            cell->setWidest(QStringLiteral("−1.23e−05"));
            cell->setObjectName(QStringLiteral("comparison%1%2").arg(row).arg(column));
            m_cells[r][static_cast<size_t>(column)] = cell;
            grid->addWidget(cell, row + 2, column + 1);
        }
    }
    auto* foot = new FigureLabel(tr("¹ not expressible in QuantizeLinear"), Role::Muted,
                                 Qt::AlignLeft, this);
    foot->setObjectName(QStringLiteral("freeAffineNote"));
    foot->setToolTip(tips[FreeAffine]);
    grid->addWidget(foot, kRows + 2, 0, 1, kColumns + 1);
}

void ComparisonTable::showColumn(Column column, const Figures& figures) {
    const auto c = static_cast<size_t>(column);
    const quantization::QuantizationError& error = figures.error;
    m_sqnr[c] = error.sqnrDb();
    m_cells[Low][c]->setText(significantText(figures.lo, 3));
    m_cells[High][c]->setText(significantText(figures.hi, 3));
    m_cells[ZeroPoint][c]->setText(figures.zeroPoint);
    m_cells[Sqnr][c]->setText(decibelText(error.sqnrDb(), 2));
    m_cells[CodesUsed][c]->setText(QString::number(error.codesUsed));
    m_cells[BitsLost][c]->setText(bitsLostText(error.bitsLost));
    m_cells[Clipped][c]->setText(clipPercentText(error.clipPercent));
}

void ComparisonTable::showRanges(const quantization::RangeComparison& ranges) {
    const auto zeroPoint = [](const quantization::BestRange& best) {
        return withMinus(QString::number(best.quantizer.zeroPoint));
    };
    const auto& [symmetric, affine, free] = ranges;
    showColumn(Symmetric, {symmetric.lo, symmetric.hi, zeroPoint(symmetric), symmetric.error});
    showColumn(Affine, {affine.lo, affine.hi, zeroPoint(affine), affine.error});
    showColumn(FreeAffine, {free.lo, free.hi, QStringLiteral("–"), free.error});
    markBest();
}

void ComparisonTable::showNow(const session::Setting& setting,
                              const quantization::QuantizationError& error) {
    showColumn(Now, {setting.lo, setting.hi, withMinus(QString::number(setting.zeroPoint)), error});
    m_kinds[Now]->setText(setting.isAffine ? tr("affine") : tr("±T"));
    markBest();
}

void ComparisonTable::markBest() {
    // The free affine range is always the best, and never to be had: it is not in the race.
    double best = -std::numeric_limits<double>::infinity();
    for (const Column column : {Now, Symmetric, Affine})
        best = std::max(best, m_sqnr[column]);  // NaN loses
    for (const Column column : {Now, Symmetric, Affine}) {
        const double sqnr = m_sqnr[column];
        const bool isBest = sqnr == best || best - sqnr < kSameSqnr;
        m_cells[Sqnr][column]->setRole(isBest          ? Role::Strong
                                       : column == Now ? Role::Threshold
                                                       : Role::Plain);
    }
}

void ComparisonTable::setStale(bool isStale) {
    for (const auto& row : m_cells)
        for (FigureLabel* cell : row)
            cell->setStale(isStale);
}

QString ComparisonTable::textAt(int row, int column) const {
    return m_cells[static_cast<size_t>(row)][static_cast<size_t>(column)]->text();
}

bool ComparisonTable::isBest(int row, int column) const {
    return m_cells[static_cast<size_t>(row)][static_cast<size_t>(column)]->role() == Role::Strong;
}

}  // namespace clipscope::widgets
