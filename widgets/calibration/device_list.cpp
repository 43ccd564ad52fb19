// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/device_list.h"

#include <QThread>
#include <algorithm>

#include "analysis/base/error.h"
#include "widgets/style/number_text.h"

namespace clipscope::widgets {

namespace {

/// The CPU is the next entry of the picker: no need to advise it.
QString withoutCpu(QString reason) {
    return reason.remove(QLatin1String(", or run on the CPU"))
        .remove(QLatin1String(": run on the CPU"));
}

}  // namespace

DeviceList::DeviceList(QObject* parent) : QObject(parent) {
    connect(&m_jobs, &JobRunner::runningChanged, this, &DeviceList::changed);
}

void DeviceList::setCatalog(std::shared_ptr<const runtime::DeviceCatalog> catalog) {
    m_catalog = std::move(catalog);
    m_gpus.clear();
    m_problem.clear();
    m_isKnown = false;
    emit changed();
    refresh();
}

void DeviceList::refresh() {
    if (!m_catalog || isAsking())
        return;
    m_jobs.start([catalog = m_catalog](const CancellationToken&,
                                       const ProgressSink&) { return catalog->list(); },
                 [this](std::vector<runtime::DeviceInfo> gpus) {
                     m_gpus = std::move(gpus);
                     m_problem.clear();
                     m_isKnown = true;
                     emit changed();
                 },
                 [this](const QString& message) {
                     m_gpus.clear();
                     m_problem = withoutCpu(inWindowWords(message));
                     m_isKnown = true;
                     emit changed();
                 });
}

const runtime::DeviceInfo* DeviceList::find(const std::string& id) const {
    const auto it = std::ranges::find(m_gpus, id, &runtime::DeviceInfo::id);
    return it == m_gpus.end() ? nullptr : &*it;
}

std::string DeviceList::automatic() const {
    return m_gpus.empty() ? kCpuDevice : m_gpus.front().id;
}

QString DeviceList::text(const std::string& id) const {
    const std::string chosen = id == kAutomaticDevice ? automatic() : id;
    if (chosen == kCpuDevice)
        return tr("CPU, %1").arg(pluralText(static_cast<uint64_t>(QThread::idealThreadCount()),
                                            tr("thread"), tr("threads")));
    const runtime::DeviceInfo* gpu = find(chosen);
    const QString name = QString::fromStdString(chosen);
    return gpu ? name + QLatin1Char(' ') + QString::fromStdString(gpu->name) : name;
}

std::unique_ptr<runtime::Device> openDevice(const runtime::DeviceCatalog* catalog,
                                            const std::string& id, std::string& note) {
    if (!catalog || id == kCpuDevice)
        return nullptr;
    if (id != kAutomaticDevice)
        return catalog->open(id);
    std::vector<runtime::DeviceInfo> gpus;
    try {
        gpus = catalog->list();
    } catch (const Error&) {
        return nullptr;  // the picker says why
    }
    if (gpus.empty())
        return nullptr;
    try {
        return catalog->open(gpus.front().id);
    } catch (const Error& error) {
        note = std::string("ran on the CPU: ") + error.what();
    }
    return nullptr;
}

QString inWindowWords(QString message) {
    return message.replace(QLatin1String("with --device cpu"), QLatin1String("on the CPU"))
        .replace(QLatin1String("--batch"), QLatin1String("batch"));
}

}  // namespace clipscope::widgets
