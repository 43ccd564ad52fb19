// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QWidget>

#include "widgets/calibration/calibration_controller.h"
#include "widgets/calibration/time_curve.h"

namespace clipscope::widgets {

/// What a running calibration takes: its rate and memory over time, and what it works with.
class ResourcesPane : public QWidget {
    Q_OBJECT

public:
    explicit ResourcesPane(CalibrationController& controller, QWidget* parent = nullptr);

private:
    void refresh();
    void describe();

    CalibrationController& m_controller;
    TimeCurve* m_rate;
    TimeCurve* m_memory;
    QLabel* m_facts;
};

}  // namespace clipscope::widgets
