// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QThread>
#include <QThreadPool>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "analysis/base/cancellation.h"
#include "analysis/base/progress.h"

namespace clipscope::widgets {

/// Runs one job at a time away from the GUI thread; the only threading in widgets. Starting another
/// cancels the one before, whose result is then dropped. All signals and callbacks arrive on the
/// thread of this object.
class JobRunner : public QObject {
    Q_OBJECT

public:
    explicit JobRunner(QObject* parent = nullptr,
                       QThread::Priority priority = QThread::InheritPriority);
    ~JobRunner() override;  ///< cancels, and waits for the work to return

    using Failed = std::function<void(const QString& message)>;

    /// `work(token, progress)` runs elsewhere and returns a value, which `done` gets here; an
    /// exception goes to `failed` as its message, and Cancelled to nobody. A job stopped by
    /// finish() may still deliver. Returns the number of the job.
    template <typename Work, typename Done>
    int start(Work work, Done done, Failed failed = {}) {
        using Value = std::invoke_result_t<Work, const CancellationToken&, const ProgressSink&>;
        auto result = std::make_shared<std::optional<Value>>();
        return startErased([work = std::move(work), result](
                               const CancellationToken& token,
                               const ProgressSink& sink) { result->emplace(work(token, sink)); },
                           [done = std::move(done), result] { done(std::move(**result)); },
                           std::move(failed));
    }

    /// Drops the job: its result will not be delivered.
    void cancel();
    /// Asks the job to end early and deliver what it has (calibrations keep what was collected).
    void finish();
    bool isRunning() const { return m_running != 0; }

signals:
    void runningChanged(bool running);
    /// At most about 20 a second.
    void progressed(const clipscope::Progress& progress);

private:
    using ErasedWork = std::function<void(const CancellationToken&, const ProgressSink&)>;
    int startErased(ErasedWork work, std::function<void()> done, Failed failed);
    void end(int job);

    QThreadPool m_pool;
    CancellationToken m_token;
    int m_last = 0;     ///< number of the job started last
    int m_running = 0;  ///< the job whose result is wanted; 0 for none
};

}  // namespace clipscope::widgets
