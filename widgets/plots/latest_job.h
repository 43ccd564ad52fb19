// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "widgets/document/job_runner.h"

namespace clipscope::widgets {

/// For what follows the hand: the job that runs is let end, of those asked for meanwhile only the
/// latest is run. (A JobRunner alone would cancel each by the next and deliver nothing until the
/// hand rests.)
class LatestJob {
public:
    /// As JobRunner::start.
    template <typename Work, typename Done>
    void post(Work work, Done done, JobRunner::Failed failed) {
        using Value = std::invoke_result_t<Work, const CancellationToken&, const ProgressSink&>;
        m_next = [this, work = std::move(work), done = std::move(done),
                  failed = std::move(failed)] {
            m_runner.start(
                work,
                [this, done](Value value) {
                    done(std::move(value));
                    startNext();
                },
                [this, failed](const QString& message) {
                    failed(message);
                    startNext();
                });
        };
        if (!m_runner.isRunning())
            startNext();
    }
    void cancel() {
        m_next = {};
        m_runner.cancel();
    }
    bool isRunning() const { return m_runner.isRunning(); }

private:
    void startNext() {
        if (const auto next = std::exchange(m_next, {}))
            next();
    }

    std::function<void()> m_next;
    JobRunner m_runner;
};

}  // namespace clipscope::widgets
