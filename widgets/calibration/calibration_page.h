// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStackedWidget>

#include "widgets/calibration/run_page.h"
#include "widgets/calibration/setup_page.h"

namespace clipscope::widgets {

/// What to calibrate, and the run while it goes on.
class CalibrationPage : public QStackedWidget {
    Q_OBJECT

public:
    explicit CalibrationPage(CalibrationController& controller, QWidget* parent = nullptr);

    SetupPage& setup() { return *m_setup; }

private:
    SetupPage* m_setup;
    RunPage* m_run;
};

}  // namespace clipscope::widgets
