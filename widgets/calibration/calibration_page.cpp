// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/calibration_page.h"

namespace clipscope::widgets {

CalibrationPage::CalibrationPage(CalibrationController& controller, QWidget* parent)
    : QStackedWidget(parent), m_setup(new SetupPage(controller)), m_run(new RunPage(controller)) {
    setObjectName(QStringLiteral("calibrationPage"));
    addWidget(m_setup);
    addWidget(m_run);
    connect(&controller, &CalibrationController::runningChanged, this, [this](bool running) {
        setCurrentWidget(running ? static_cast<QWidget*>(m_run) : m_setup);
    });
}

}  // namespace clipscope::widgets
