// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>
#include <QWidget>
#include <vector>

#include "analysis/session/tensor_summary.h"
#include "widgets/inspector/figure_label.h"

class QGridLayout;

namespace clipscope::widgets {

/// What each method chooses for the tensor and the SQNR there, with a button that applies it. For
/// affine settings the methods' ranges come first, then their symmetric thresholds.
class MethodsList : public QWidget {
    Q_OBJECT

public:
    explicit MethodsList(QWidget* parent = nullptr);

    void showChoices(const session::TensorSummary& summary, const session::Setting& shown);
    /// Marks the method that is in use.
    void showSetting(const session::Setting& shown);
    void setStale(bool isStale);

signals:
    void applied(const clipscope::session::Setting& setting, const QString& label);

private:
    struct Row {
        MethodMark* mark = nullptr;
        FigureLabel* name = nullptr;
        FigureLabel* range = nullptr;
        FigureLabel* sqnr = nullptr;
        QPushButton* apply = nullptr;
        session::Setting setting;
        QString label;
    };
    Row& rowAt(size_t index);
    void showRow(size_t index, const session::MethodChoice& choice, bool besideAffine);

    QGridLayout* m_grid;
    std::vector<Row> m_rows;
    size_t m_count = 0;
    bool m_isAffine = false;
};

}  // namespace clipscope::widgets
