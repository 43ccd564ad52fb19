// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QWidget>
#include <vector>

#include "widgets/calibration/calibration_controller.h"
#include "widgets/calibration/mini_histogram.h"

namespace clipscope::widgets {

/// A calibration while it runs: how far it is, what it takes, histograms as they grow.
class RunPage : public QWidget {
    Q_OBJECT

public:
    explicit RunPage(CalibrationController& controller, QWidget* parent = nullptr);

private:
    QWidget* makeHead();
    QWidget* makeGrid();
    void refresh();
    void refreshLive();
    void refreshDevice();

    CalibrationController& m_controller;
    QLabel* m_title;
    QLabel* m_share;
    QProgressBar* m_bar;
    QLabel* m_figures;
    QLabel* m_device;
    QLabel* m_stages;
    QPushButton* m_use;
    QPushButton* m_cancel;
    std::vector<MiniHistogram*> m_histograms;
};

}  // namespace clipscope::widgets
