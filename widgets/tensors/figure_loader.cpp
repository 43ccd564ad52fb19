// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/figure_loader.h"

#include <algorithm>
#include <utility>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/quantization/best_range.h"

namespace clipscope::widgets {
namespace {

/// Tensors at a time: what is seen comes within tens of milliseconds, the rest tells its progress.
constexpr size_t kBatch = 48;
constexpr size_t kBatchOfRest = 128;

}  // namespace

FigureLoader::FigureLoader(Document& document, QObject* parent)
    : QObject(parent), m_document(document) {}

void FigureLoader::restart() {
    m_runner.cancel();
    const bool isSame = m_session == m_document.sharedSession();
    m_session = m_document.sharedSession();
    if (!isSame)
        m_entries.assign(m_session ? m_session->tensors.size() : 0, {});
    for (Entry& entry : m_entries)
        entry.hasFigures = false;
    m_revisions.assign(m_entries.size(), 0);
    m_changed.clear();
    m_preferred.clear();
    m_next = 0;
    if (!isSame) {
        m_lastTensor = -1;
        m_lastDensity.reset();
    }
    work();
}

bool FigureLoader::expects(int tensor) const {
    const auto& entry = m_document.session()->tensors[static_cast<size_t>(tensor)];
    return entry.isActivation() && entry.statistics.histogram.finiteCount() > 0;
}

void FigureLoader::prefer(std::vector<int> tensors) {
    m_preferred = std::move(tensors);
    std::ranges::reverse(m_preferred);  // Taken from the back.
    work();
}

void FigureLoader::refresh(int tensor) {
    if (!expects(tensor))
        return;
    ++m_revisions[static_cast<size_t>(tensor)];
    m_entries[static_cast<size_t>(tensor)].hasFigures = false;
    if (std::ranges::find(m_changed, tensor) == m_changed.end())
        m_changed.push_back(tensor);
    work();
}

void FigureLoader::needGains() {
    if (std::exchange(m_needsGains, true))
        return;
    m_next = 0;
    work();
}

bool FigureLoader::isComplete(int tensor) const {
    const Entry& entry = m_entries[static_cast<size_t>(tensor)];
    return entry.hasFigures && entry.sparkline && (entry.hasGain || !m_needsGains);
}

std::vector<int> FigureLoader::nextBatch() {
    std::vector<int> batch;
    while (!m_changed.empty() && batch.size() < kBatch) {
        batch.push_back(m_changed.front());
        m_changed.pop_front();
    }
    if (!batch.empty())
        return batch;
    while (!m_preferred.empty() && batch.size() < kBatch) {
        if (const int tensor = m_preferred.back(); expects(tensor) && !isComplete(tensor))
            batch.push_back(tensor);
        m_preferred.pop_back();
    }
    if (!batch.empty())
        return batch;
    for (; m_next < m_entries.size() && batch.size() < kBatchOfRest; ++m_next)
        if (const int tensor = static_cast<int>(m_next); expects(tensor) && !isComplete(tensor))
            batch.push_back(tensor);
    return batch;
}

void FigureLoader::work() {
    if (m_runner.isRunning() || m_entries.empty())
        return;
    std::vector<Task> tasks;
    for (const int tensor : nextBatch()) {
        const Entry& entry = m_entries[static_cast<size_t>(tensor)];
        tasks.push_back({tensor, m_revisions[static_cast<size_t>(tensor)],
                         m_document.shownSetting(tensor), !entry.sparkline,
                         m_needsGains && !entry.hasGain,
                         tensor == m_lastTensor ? m_lastDensity : nullptr});
    }
    if (tasks.empty())
        return;
    auto job = [session = m_session, tasks = std::move(tasks)](const CancellationToken& cancel,
                                                               const ProgressSink&) {
        std::vector<Result> results(tasks.size());
        parallelFor(static_cast<int64_t>(tasks.size()), 1, [&](int64_t begin, int64_t end, int) {
            for (int64_t i = begin; i < end; ++i) {
                cancel.check();
                results[static_cast<size_t>(i)] = compute(*session, tasks[static_cast<size_t>(i)]);
            }
        });
        return results;
    };
    m_runner.start(std::move(job),
                   [this](std::vector<Result> results) { take(std::move(results)); });
}

FigureLoader::Result FigureLoader::compute(const session::Session& session, Task task) {
    Result result{std::move(task), {}};
    try {
        measure(session, result);
    } catch (const Error& error) {
        // Bins are read on demand: one that is damaged must not stop the others.
        result.entry.problem = error.what();
        result.entry.sparkline = std::make_shared<session::Sparkline>();
        result.task.density.reset();
    }
    return result;
}

void FigureLoader::measure(const session::Session& session, Result& result) {
    Task& task = result.task;
    if (!task.density)
        task.density = std::make_shared<quantization::Density>(
            session.tensors[static_cast<size_t>(task.tensor)].statistics.histogram);
    const quantization::Density& density = *task.density;
    result.entry.figures = session::tensorFigures(density, task.setting);
    if (task.wantsSparkline)
        result.entry.sparkline = std::make_shared<session::Sparkline>(session::sparkline(density));
    if (task.wantsGain && density.amax() > 0)
        result.entry.gainDb = quantization::affineGainDb(density);
}

void FigureLoader::take(std::vector<Result> results) {
    int first = static_cast<int>(m_entries.size());
    int last = -1;
    for (Result& result : results) {
        const Task& task = result.task;
        Entry& entry = m_entries[static_cast<size_t>(task.tensor)];
        if (task.wantsSparkline)
            entry.sparkline = std::move(result.entry.sparkline);
        if (task.wantsGain) {
            entry.gainDb = result.entry.gainDb;
            entry.hasGain = true;
        }
        // Figures of an older setting are shown too, while newer ones are on their way.
        entry.figures = result.entry.figures;
        entry.problem = std::move(result.entry.problem);
        entry.hasFigures = task.revision == m_revisions[static_cast<size_t>(task.tensor)];
        first = std::min(first, task.tensor);
        last = std::max(last, task.tensor);
    }
    if (results.size() == 1) {
        m_lastTensor = results.front().task.tensor;
        m_lastDensity = results.front().task.density;
    }
    work();
    emit loaded(first, last);
}

}  // namespace clipscope::widgets
