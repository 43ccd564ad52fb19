// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "analysis/session/tensor_summary.h"
#include "widgets/inspector/figure_label.h"

namespace clipscope::widgets {

/// The setting in use beside the best symmetric, affine and free affine range: a column each.
class ComparisonTable : public QWidget {
    Q_OBJECT

public:
    enum Column { Now, Symmetric, Affine, FreeAffine, kColumns };
    enum Row { Low, High, ZeroPoint, Sqnr, CodesUsed, BitsLost, Clipped, kRows };

    explicit ComparisonTable(QWidget* parent = nullptr);

    void showRanges(const quantization::RangeComparison& ranges);
    void showNow(const session::Setting& setting, const quantization::QuantizationError& error);
    void setStale(bool isStale);
    QString textAt(int row, int column) const;
    bool isBest(int row, int column) const;

private:
    struct Figures {
        double lo;
        double hi;
        QString zeroPoint;
        quantization::QuantizationError error;
    };
    void showColumn(Column column, const Figures& figures);
    void markBest();

    std::array<std::array<FigureLabel*, kColumns>, kRows> m_cells{};
    std::array<FigureLabel*, kColumns> m_kinds{};
    std::array<double, kColumns> m_sqnr{};
};

}  // namespace clipscope::widgets
