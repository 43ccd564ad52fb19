// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <vector>

#include "analysis/runtime/device_catalog.h"
#include "widgets/document/job_runner.h"

namespace clipscope::widgets {

/// Ids of places that are always there; a GPU's is its id in the catalog.
inline constexpr const char* kAutomaticDevice = "auto";
inline constexpr const char* kCpuDevice = "cpu";

/// Where models can run. Drivers are asked away from the GUI thread, as they may take seconds.
class DeviceList : public QObject {
    Q_OBJECT

public:
    explicit DeviceList(QObject* parent = nullptr);

    /// Null: nothing but the CPU. Asks it.
    void setCatalog(std::shared_ptr<const runtime::DeviceCatalog> catalog);
    const std::shared_ptr<const runtime::DeviceCatalog>& catalog() const { return m_catalog; }
    void refresh();  ///< asks again: what is free changes
    bool isAsking() const { return m_jobs.isRunning(); }
    /// The catalog has answered since it was set.
    bool isKnown() const { return m_isKnown; }

    const std::vector<runtime::DeviceInfo>& gpus() const { return m_gpus; }
    /// Why there is no GPU to choose, and what to do; "" while asking and where there is one.
    const QString& problem() const { return m_problem; }
    /// Null for the CPU and for what is not there.
    const runtime::DeviceInfo* find(const std::string& id) const;
    /// What `auto` takes: the first GPU, else the CPU.
    std::string automatic() const;
    /// "CPU, 8 threads", "cuda:0 NVIDIA H200": where a model runs with this choice.
    QString text(const std::string& id) const;

signals:
    void changed();

private:
    JobRunner m_jobs;
    std::shared_ptr<const runtime::DeviceCatalog> m_catalog;
    std::vector<runtime::DeviceInfo> m_gpus;
    QString m_problem;
    bool m_isKnown = false;
};

/// The chosen GPU, opened; null for the CPU. Where `auto` finds a GPU that cannot be used it is the
/// CPU, and `note` says why. Throws Error. On a working thread.
std::unique_ptr<runtime::Device> openDevice(const runtime::DeviceCatalog* catalog,
                                            const std::string& id, std::string& note);

/// A message of the library without options of the command line.
QString inWindowWords(QString message);

}  // namespace clipscope::widgets
