// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/calibration_controller.h"

#include <QFile>
#include <QFileInfo>
#include <QMetaObject>
#include <QTimer>
#include <limits>

#include <unistd.h>

namespace clipscope::widgets {
namespace {

constexpr int kTick = 250;            ///< ms between two points of the curves
constexpr qint64 kRateWindow = 2000;  ///< ms over which the rate is taken
constexpr qint64 kLeastWindow = 250;  ///< the first batch, which warms up, says little
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

quint64 processMemory() {
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> fields = file.readAll().split(' ');
    if (fields.size() < 2)
        return 0;
    return fields[1].toULongLong() * static_cast<quint64>(::sysconf(_SC_PAGESIZE));
}

CalibrationController::CalibrationController(QObject* parent) : QObject(parent) {
    connect(&m_jobs, &JobRunner::runningChanged, this, &CalibrationController::runningChanged);
    connect(&m_jobs, &JobRunner::progressed, this, &CalibrationController::follow);
    connect(&m_devices, &DeviceList::changed, this, &CalibrationController::deviceChanged);
    connect(&m_jobs, &JobRunner::runningChanged, this, [this](bool running) {
        if (!running)
            m_devices.refresh();  // what is free has changed
    });
    auto* timer = new QTimer(this);
    timer->setInterval(kTick);
    connect(timer, &QTimer::timeout, this, &CalibrationController::tick);
    connect(&m_jobs, &JobRunner::runningChanged, timer,
            [timer](bool running) { running ? timer->start() : timer->stop(); });
}

void CalibrationController::setRequest(session::CalibrationRequest request) {
    m_request = std::move(request);
    emit requestChanged();
}

void CalibrationController::setDevice(const std::string& id) {
    m_device = id;
    emit deviceChanged();
}

QString CalibrationController::whatIsMissing() const {
    if (m_request.model.empty())
        return tr("There is no model yet: open an ONNX model first.");
    const QString model = QString::fromStdString(m_request.model.string());
    if (!QFileInfo::exists(model))
        return tr("%1 is no longer there: locate the model to calibrate it again. Everything else "
                  "works without it.")
            .arg(model);
    if (m_request.samples.data.empty() && m_request.samples.inputs.empty())
        return tr("There are no samples yet: add a folder of images, or .npy or .npz files.");
    if (m_device != kAutomaticDevice && m_device != kCpuDevice && !m_devices.isAsking() &&
        !m_devices.find(m_device))
        return tr("%1 is not there: choose another device.").arg(QString::fromStdString(m_device));
    return {};
}

void CalibrationController::start() {
    const QString missing = whatIsMissing();
    if (!missing.isEmpty()) {
        emit failed(missing);
        return;
    }
    m_status = {};
    m_status.left = kNan;
    m_history.clear();
    m_live.reset();
    m_clock.start();
    m_rateFrom = m_rateDone = 0;
    const int run = ++m_run;
    const auto live = [this, run](std::shared_ptr<const session::LiveSnapshot> snapshot) {
        QMetaObject::invokeMethod(this, [this, run, snapshot] { takeLive(run, snapshot); });
    };
    m_jobs.start(
        [request = m_request, device = m_device, catalog = m_devices.catalog(), live](
            const CancellationToken& cancel, const ProgressSink& progress) {
            std::string note;
            const auto gpu = openDevice(catalog.get(), device, note);
            session::CalibrationRequest where = request;
            if (gpu)
                where.devices = {gpu.get()};
            auto session = std::make_shared<session::Session>(
                session::calibrate(where, progress, cancel, live));
            if (!note.empty())
                session->notes.push_back(note);
            return session;
        },
        [this](std::shared_ptr<session::Session> session) {
            if (session->samples.empty())
                emit cancelled();
            else
                emit finished(std::move(session));
        },
        [this](const QString& message) { emit failed(inWindowWords(message)); });
    emit statusChanged();
}

void CalibrationController::cancel() {
    if (!isRunning())
        return;
    ++m_run;
    m_jobs.cancel();
    emit cancelled();
}

void CalibrationController::useWhatIsThere() {
    m_jobs.finish();
}

void CalibrationController::follow(const Progress& progress) {
    const bool isSecondPass = progress.stage == "second pass";
    if (isSecondPass != m_status.isSecondPass || m_status.isLoading) {
        m_rateFrom = m_clock.elapsed();
        m_rateDone = progress.done;
        m_status.rate = 0;
        m_status.left = kNan;
    }
    m_status.isLoading = false;
    m_status.isSecondPass = isSecondPass;
    m_status.done = progress.done;
    m_status.total = progress.total;
    measureRate();
    emit statusChanged();
}

void CalibrationController::measureRate() {
    const qint64 now = m_clock.elapsed();
    const qint64 passed = now - m_rateFrom;
    const qint64 done = m_status.done - m_rateDone;
    if (passed < kLeastWindow && m_status.rate == 0 && m_status.done == m_status.total && now > 0)
        m_status.rate = 1e3 * static_cast<double>(m_status.done) / static_cast<double>(now);
    if (passed < kLeastWindow || done <= 0)
        return;
    m_status.rate = 1e3 * static_cast<double>(done) / static_cast<double>(passed);
    m_status.left = static_cast<double>(m_status.total - m_status.done) / m_status.rate;
    if (passed >= kRateWindow) {
        m_rateFrom = now;
        m_rateDone = m_status.done;
    }
}

void CalibrationController::takeLive(int run,
                                     std::shared_ptr<const session::LiveSnapshot> snapshot) {
    if (run != m_run || !isRunning())
        return;
    m_live = std::move(snapshot);
    emit liveChanged();
}

void CalibrationController::tick() {
    m_status.elapsed = static_cast<double>(m_clock.elapsed()) / 1e3;
    m_status.memory = processMemory();
    m_history.push_back(
        {m_status.elapsed, m_status.rate, static_cast<double>(m_status.memory) / (1 << 20)});
    emit statusChanged();
}

}  // namespace clipscope::widgets
