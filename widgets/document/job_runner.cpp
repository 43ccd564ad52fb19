// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/job_runner.h"

#include <QElapsedTimer>
#include <QMetaObject>
#include <exception>

namespace clipscope::widgets {
namespace {

constexpr qint64 kProgressInterval = 50;  ///< ms

/// Lets through the first report, the last, and about 20 a second between.
ProgressSink throttled(std::function<void(const Progress&)> deliver) {
    auto timer = std::make_shared<QElapsedTimer>();
    auto stage = std::make_shared<std::string>();
    return [deliver = std::move(deliver), timer, stage](const Progress& progress) {
        const bool isEdge = progress.done == progress.total || *stage != progress.stage;
        if (!isEdge && timer->isValid() && timer->elapsed() < kProgressInterval)
            return;
        *stage = progress.stage;
        timer->start();
        deliver(progress);
    };
}

}  // namespace

JobRunner::JobRunner(QObject* parent, QThread::Priority priority) : QObject(parent) {
    m_pool.setThreadPriority(priority);
    // One thread that stays: every new one would bring a team of OpenMP threads along.
    m_pool.setMaxThreadCount(1);
    m_pool.setExpiryTimeout(-1);
}

JobRunner::~JobRunner() {
    m_token.cancel();
    m_pool.waitForDone();
}

int JobRunner::startErased(ErasedWork work, std::function<void()> done, Failed failed) {
    m_token.cancel();
    m_token = CancellationToken();
    const bool wasRunning = isRunning();
    const int job = m_running = ++m_last;
    // The destructor waits for the work, so `this` outlives it; queued calls die with it.
    auto post = [this, job](std::function<void()> call) {
        QMetaObject::invokeMethod(
            this,
            [this, job, call = std::move(call)] {
                if (job == m_running)
                    call();
            },
            Qt::QueuedConnection);
    };
    m_pool.start([this, job, post, token = m_token, work = std::move(work), done = std::move(done),
                  failed = std::move(failed)] {
        auto finish = [this, job, post](std::function<void()> call) {
            post([this, job, call = std::move(call)] {
                end(job);
                if (call)
                    call();
            });
        };
        const ProgressSink sink = throttled([this, post](const Progress& progress) {
            post([this, progress] { emit progressed(progress); });
        });
        try {
            work(token, sink);
            finish(done);
        } catch (const Cancelled&) {
            finish({});
        } catch (const std::exception& error) {
            const QString message = QString::fromUtf8(error.what());
            finish([failed, message] {
                if (failed)
                    failed(message);
            });
        }
    });
    if (!wasRunning)
        emit runningChanged(true);
    return job;
}

void JobRunner::cancel() {
    m_token.cancel();
    if (isRunning())
        end(m_running);
}

void JobRunner::finish() {
    m_token.cancel();
}

void JobRunner::end(int job) {
    if (job != m_running)
        return;
    m_running = 0;
    emit runningChanged(false);
}

}  // namespace clipscope::widgets
