// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QStatusBar>

#include "widgets/calibration/calibration_controller.h"
#include "widgets/document/document.h"

namespace clipscope::widgets {

/// The status bar: what was done last at the left; at the right the document, what it holds, the
/// device, memory.
class StatusStrip : public QStatusBar {
    Q_OBJECT

public:
    StatusStrip(Document& document, CalibrationController& calibration, QWidget* parent = nullptr);

    /// Stays until the next one.
    void tell(const QString& message);

private:
    QLabel* addPermanent(const char* name, const QString& tip);
    void refresh();
    void refreshMemory();
    void showDevice();

    Document& m_document;
    CalibrationController& m_calibration;
    QLabel* m_told;
    QLabel* m_file;
    QLabel* m_contents;
    QLabel* m_device;
    QLabel* m_memory;
};

}  // namespace clipscope::widgets
