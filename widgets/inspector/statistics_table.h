// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "analysis/session/tensor_summary.h"
#include "widgets/inspector/figure_label.h"

namespace clipscope::widgets {

/// What was seen of a tensor: counts, extremes, mean, who set amax.
class StatisticsTable : public QWidget {
    Q_OBJECT

public:
    explicit StatisticsTable(QWidget* parent = nullptr);

    /// All but mean and standard deviation, which the summary brings.
    void showTensor(const session::Session& session, const session::TensorEntry& tensor);
    void showMoments(double mean, double standardDeviation);
    void setMomentsStale(bool isStale);

private:
    FigureLabel* add(int row, int column, const QString& caption, const char* name,
                     const QString& tip);

    FigureLabel* m_count;
    FigureLabel* m_zeros;
    FigureLabel* m_nonFinite;
    FigureLabel* m_amax;
    FigureLabel* m_min;
    FigureLabel* m_max;
    FigureLabel* m_mean;
    FigureLabel* m_deviation;
    FigureLabel* m_setter;
    FigureLabel* m_growing;
};

}  // namespace clipscope::widgets
