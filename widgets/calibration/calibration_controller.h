// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <memory>
#include <vector>

#include "analysis/session/calibration.h"
#include "widgets/calibration/device_list.h"
#include "widgets/document/job_runner.h"

namespace clipscope::widgets {

/// How far a calibration is.
struct CalibrationStatus {
    bool isLoading = true;  ///< reading the model and the list of samples
    bool isSecondPass = false;
    qint64 done = 0;  ///< samples
    qint64 total = 0;
    double rate = 0;     ///< samples/s, over the last seconds
    double elapsed = 0;  ///< s
    double left = 0;     ///< s; NaN while unknown
    quint64 memory = 0;  ///< bytes this program holds in memory
};

/// A point of the curves of a run.
struct CalibrationMoment {
    double seconds = 0;
    double rate = 0;    ///< samples/s
    double memory = 0;  ///< MiB
};

/// What to calibrate and the run itself, without a window.
class CalibrationController : public QObject {
    Q_OBJECT

public:
    explicit CalibrationController(QObject* parent = nullptr);

    const session::CalibrationRequest& request() const { return m_request; }
    void setRequest(session::CalibrationRequest request);
    /// Where the next run goes: kAutomaticDevice, kCpuDevice or a GPU's id.
    const std::string& device() const { return m_device; }
    void setDevice(const std::string& id);
    DeviceList& devices() { return m_devices; }
    const DeviceList& devices() const { return m_devices; }
    /// What is missing before a run, as a sentence that says what to do; "" when nothing is.
    QString whatIsMissing() const;

    bool isRunning() const { return m_jobs.isRunning(); }
    const CalibrationStatus& status() const { return m_status; }
    const std::vector<CalibrationMoment>& history() const { return m_history; }
    /// Null before the first batch.
    std::shared_ptr<const session::LiveSnapshot> live() const { return m_live; }

public slots:
    /// Fails at once with whatIsMissing() where something is.
    void start();
    void cancel();          ///< drops what was collected
    void useWhatIsThere();  ///< stops and delivers a partial session

signals:
    void requestChanged();
    void deviceChanged();  ///< the choice, or what is known of the devices
    void runningChanged(bool running);
    void statusChanged();
    void liveChanged();
    void finished(std::shared_ptr<clipscope::session::Session> session);
    void cancelled();
    void failed(const QString& message);

private:
    void follow(const Progress& progress);
    void measureRate();
    void takeLive(int run, std::shared_ptr<const session::LiveSnapshot> snapshot);
    void tick();

    session::CalibrationRequest m_request;
    std::string m_device = kAutomaticDevice;
    DeviceList m_devices;
    JobRunner m_jobs;
    CalibrationStatus m_status;
    std::vector<CalibrationMoment> m_history;
    std::shared_ptr<const session::LiveSnapshot> m_live;
    QElapsedTimer m_clock;
    qint64 m_rateFrom = 0;  ///< ms, when the rate was measured last
    qint64 m_rateDone = 0;  ///< samples done then
    int m_run = 0;
};

/// Bytes of memory that this process holds; 0 where the system does not say.
quint64 processMemory();

}  // namespace clipscope::widgets
