// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/device_picker.h"

#include <QSignalBlocker>
#include <QStandardItemModel>
#include <algorithm>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

QString memoryOf(const runtime::DeviceInfo& gpu) {
    const QString all = memoryText(gpu.memoryBytes);
    return gpu.freeBytes == 0
               ? all
               : DevicePicker::tr("%1 of %2 free").arg(memoryText(gpu.freeBytes), all);
}

}  // namespace

DevicePicker::DevicePicker(DeviceList& devices, QWidget* parent)
    : QComboBox(parent), m_devices(devices) {
    setObjectName(QStringLiteral("deviceBox"));
    setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(&devices, &DeviceList::changed, this, &DevicePicker::fill);
    connect(this, &QComboBox::activated, this, [this](int index) {
        m_id = itemData(index).toString().toStdString();
        fill();
        emit deviceChosen(m_id);
    });
    fill();
}

void DevicePicker::setDevice(const std::string& id) {
    if (id == m_id)
        return;
    m_id = id;
    fill();
}

void DevicePicker::addDevice(const std::string& id, const QString& text, const QString& tip) {
    addItem(text, QString::fromStdString(id));
    setItemData(count() - 1, tip, Qt::ToolTipRole);
}

void DevicePicker::fill() {
    const QSignalBlocker quiet(this);
    clear();
    const QString automatic = m_devices.isAsking() && m_devices.gpus().empty()
                                  ? tr("Automatic: looking for GPUs…")
                                  : tr("Automatic: %1").arg(m_devices.text(kAutomaticDevice));
    addDevice(kAutomaticDevice, automatic, tr("The first GPU, or the CPU where there is none"));
    addDevice(kCpuDevice, m_devices.text(kCpuDevice), tr("Everything runs on this processor"));
    for (const runtime::DeviceInfo& gpu : m_devices.gpus())
        addDevice(gpu.id, m_devices.text(gpu.id) + QStringLiteral(" · ") + memoryOf(gpu),
                  tr("The model runs and its tensors are counted on this GPU; what it has no "
                     "kernel for runs on the CPU"));
    if (!m_devices.problem().isEmpty()) {
        addDevice({}, tr("No GPU"), m_devices.problem());
        auto* items = static_cast<QStandardItemModel*>(model());
        items->item(count() - 1)->setEnabled(false);
    }
    const int chosen = findData(QString::fromStdString(m_id));
    if (chosen < 0)
        addDevice(m_id, tr("%1, not there").arg(QString::fromStdString(m_id)),
                  tr("This GPU was chosen before and is not there now: choose another place"));
    setCurrentIndex(chosen < 0 ? count() - 1 : chosen);
    const QString note = currentData(Qt::ToolTipRole).toString();
    setToolTip(tr("Where the model runs. %1").arg(note));
    setWhatsThis(toolTip());
}

}  // namespace clipscope::widgets
