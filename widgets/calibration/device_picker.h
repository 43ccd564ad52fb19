// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

#include "widgets/calibration/device_list.h"

namespace clipscope::widgets {

/// Chooses where models run: automatic, the CPU, or a GPU with its name and memory. Where there is
/// none an entry that cannot be chosen says why.
class DevicePicker : public QComboBox {
    Q_OBJECT

public:
    explicit DevicePicker(DeviceList& devices, QWidget* parent = nullptr);

    void setDevice(const std::string& id);

signals:
    void deviceChosen(const std::string& id);

private:
    void fill();
    void addDevice(const std::string& id, const QString& text, const QString& tip);

    DeviceList& m_devices;
    std::string m_id = kAutomaticDevice;
};

}  // namespace clipscope::widgets
