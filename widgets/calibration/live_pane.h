// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QTableView>
#include <QWidget>

#include "widgets/calibration/calibration_controller.h"
#include "widgets/calibration/live_model.h"

namespace clipscope::widgets {

/// The table of tensors while a calibration runs.
class LivePane : public QWidget {
    Q_OBJECT

public:
    explicit LivePane(CalibrationController& controller, QWidget* parent = nullptr);

    LiveModel& model() { return m_model; }

private:
    void refresh();

    CalibrationController& m_controller;
    LiveModel m_model;
    QTableView* m_table;
    QLabel* m_summary;
};

}  // namespace clipscope::widgets
