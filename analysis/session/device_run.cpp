// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/device_run.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "analysis/base/error.h"
#include "analysis/runtime/lane_observer.h"
#include "analysis/runtime/lanes.h"

namespace clipscope::session {

using graph::ValueId;
using histogram::TensorStatistics;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kShare = 25;  ///< one part of so many, at most, goes into checkpoints

}  // namespace

/// A device with what is collected on it. Calls with a batch may come from another thread.
struct DeviceRun::Worker {
    Worker(const graph::Graph& graph, std::span<const ValueId> activations,
           runtime::Device& ownDevice, const CancellationToken& cancel,
           std::chrono::milliseconds checkpoints)
        : device(ownDevice),
          isCpu(device.memoryKind() == MemoryKind::Host),
          executor(graph, device, cancel),
          collector(graph, activations, isCpu ? nullptr : &device),
          interval(checkpoints),
          nextCheckpoint(Clock::now() + interval) {}

    const std::map<std::string, Tensor>& inputsOf(const SampleBatch& batch) const {
        return batch.sent && batch.sentTo == &device ? batch.sent->receive() : batch.inputs;
    }

    /// Without counting.
    void tryOut(const SampleBatch& batch, const CancellationToken& cancel) {
        translated(batch, [&] {
            collector.makeRoom();
            executor.run(inputsOf(batch), nullptr, cancel);
        });
    }

    void run(const SampleBatch& batch, const CancellationToken& cancel) {
        hasFailed = true;
        translated(batch, [&] {
            collector.beginBatch(batch.samples, batch.padding);
            executor.runFor(inputsOf(batch), collector, cancel);
            samples.insert(samples.end(), batch.samples.begin(), batch.samples.end());
            if (!isCpu && Clock::now() >= nextCheckpoint)
                checkpoint();
        });
        hasFailed = false;
    }

    void checkpoint() {
        const Clock::time_point start = Clock::now();
        const bool wasInside = std::exchange(hasFailed, true);
        collector.checkpoint();
        hasFailed = wasInside;
        kept = samples.size();
        const Clock::time_point end = Clock::now();
        if (interval > Clock::duration::zero())
            nextCheckpoint = end + std::max(interval, kShare * (end - start));
    }

    template <typename Work>
    void translated(const SampleBatch& batch, Work&& work) {
        try {
            work();
        } catch (const Error& error) {
            if (isCpu)
                throw;
            if (!device.isAlive())
                throw DeviceLost(error.code(), error.what());
            if (error.code() == ErrorCode::OutOfMemory && batch.samples.size() > 1)
                throw BatchTooLarge{device.name()};
            throw;
        }
    }

    struct Lane {
        runtime::Lane executor;
        std::unique_ptr<runtime::Collector::LaneObserver> collector;
    };

    runtime::Device& device;
    const bool isCpu;
    runtime::Executor executor;
    runtime::Collector collector;
    std::vector<int64_t> samples;  ///< those run
    size_t kept = 0;               ///< how many of them the last checkpoint has
    const Clock::duration interval;
    Clock::time_point nextCheckpoint;
    bool hasFailed = false;  ///< inside a batch or a checkpoint, or there for good
    std::future<void> running;
    std::vector<Lane> lanes;
};

DeviceRun::DeviceRun(const graph::Graph& graph, std::span<const ValueId> activations,
                     const std::vector<runtime::Device*>& devices, const CancellationToken& cancel,
                     std::chrono::milliseconds checkpoints) {
    for (runtime::Device* device : devices)
        m_workers.push_back(
            std::make_unique<Worker>(graph, activations, *device, cancel, checkpoints));
}

DeviceRun::~DeviceRun() = default;

void DeviceRun::send(SampleBatch& batch) {
    runtime::Device& device = m_workers[m_nextSent]->device;
    m_nextSent = (m_nextSent + 1) % m_workers.size();
    try {
        batch.sent = device.send(batch.inputs);
        batch.sentTo = &device;
    } catch (const Error&) {  // run() will say what is wrong with the device
    }
}

void DeviceRun::tryOut(const SampleBatch& batch, const CancellationToken& cancel) {
    std::vector<std::future<void>> trials;
    for (const auto& worker : m_workers)
        if (!worker->isCpu)
            trials.push_back(
                std::async(m_workers.size() == 1 ? std::launch::deferred : std::launch::async,
                           [&] { worker->tryOut(batch, cancel); }));
    for (std::future<void>& trial : trials)
        trial.get();
}

void DeviceRun::run(const SampleBatch& batch, const CancellationToken& cancel) {
    if (!std::exchange(m_isTriedOut, true))
        tryOut(batch, cancel);
    Worker& worker = *m_workers[m_next];
    m_next = (m_next + 1) % m_workers.size();
    if (m_workers.size() == 1)
        return worker.run(batch, cancel);
    if (worker.running.valid())
        worker.running.get();
    worker.running =
        std::async(std::launch::async, [&worker, batch, cancel] { worker.run(batch, cancel); });
}

void DeviceRun::makeLanes(const SampleRun& samples) {
    Worker& worker = *m_workers.front();
    if (m_workers.size() > 1)
        return;
    for (runtime::Lane& lane : runtime::makeLanes(worker.executor, samples.batchCount()))
        worker.lanes.push_back({std::move(lane), worker.collector.makeLaneObserver()});
    if (laneCount() > 0 && samples.mayPad())
        worker.collector.separateMoved();
}

size_t DeviceRun::laneCount() const {
    return m_workers.front()->lanes.size();
}

void DeviceRun::run(const SampleBatch& batch, size_t lane, const CancellationToken& cancel) {
    Worker::Lane& own = m_workers.front()->lanes[lane];
    own.collector->beginBatch(batch.samples, batch.padding);
    own.executor.runFor(batch.inputs, *own.collector, cancel);
}

std::vector<std::unique_lock<std::mutex>> DeviceRun::lockStatistics() {
    return m_workers.front()->collector.lockStatistics();
}

void DeviceRun::finish() {
    for (const auto& worker : m_workers)
        if (worker->running.valid())
            worker->running.get();
    for (const auto& worker : m_workers)
        worker->translated({}, [&] { worker->checkpoint(); });
}

std::vector<int64_t> DeviceRun::keep() {
    std::vector<int64_t> kept;
    for (const auto& worker : m_workers) {
        try {
            if (worker->running.valid())
                worker->running.get();
            if (!worker->hasFailed)
                worker->checkpoint();
        } catch (const std::exception&) {  // this one failed, too
            worker->hasFailed = true;
        } catch (const BatchTooLarge&) {
            worker->hasFailed = true;
        }
        if (worker->hasFailed)
            worker->collector.abandonDevice();
        kept.insert(kept.end(), worker->samples.begin(),
                    worker->samples.begin() + static_cast<std::ptrdiff_t>(worker->kept));
    }
    std::ranges::sort(kept);
    return kept;
}

bool DeviceRun::stop() {
    bool wasInside = false;
    for (const auto& worker : m_workers)
        try {
            if (worker->running.valid())
                worker->running.get();
        } catch (const Cancelled&) {
            wasInside = true;
        }
    return wasInside;
}

/// One device only: which histogram's amax bounds the bins is known where all batches were.
void DeviceRun::beginSecondPass(size_t bins) {
    Worker& worker = *m_workers.front();
    worker.collector.beginSecondPass(bins);
    worker.samples.clear();
    worker.kept = 0;
}

TensorStatistics DeviceRun::takeStatistics(ValueId value) {
    TensorStatistics all;
    for (const auto& worker : m_workers) {
        TensorStatistics part = worker->collector.takeStatistics(value);
        std::ranges::sort(part.sampleAmax, {}, &TensorStatistics::SampleAmax::sample);
        if (m_workers.size() == 1)
            return part;
        all.merge(part);
    }
    return all;
}

const TensorStatistics& DeviceRun::statistics(ValueId value) {
    return m_workers.front()->collector.statisticsOnHost(value);
}

/// Of the batch that came first, whichever device ran it.
const Shape& DeviceRun::shape(ValueId value) const {
    const auto sampleOf = [value](const auto& worker) {
        return worker->collector.shape(value).sample;
    };
    return (*std::ranges::min_element(m_workers, {}, sampleOf))->collector.shape(value).shape;
}

std::vector<ValueId> DeviceRun::countedWithPadding() const {
    std::vector<ValueId> values;
    for (const auto& worker : m_workers)
        for (const ValueId value : worker->collector.countedWithPadding())
            if (std::ranges::find(values, value) == values.end())
                values.push_back(value);
    return values;
}

std::string DeviceRun::name() const {
    std::string names;
    for (const auto& worker : m_workers)
        names += (names.empty() ? "" : ", ") + worker->device.name();
    return names;
}

HostShare DeviceRun::hostShare(double seconds) const {
    HostShare left;
    double spent = 0;
    for (const auto& worker : m_workers) {
        const auto counts = worker->executor.nodeCounts();
        left.nodes = std::max(left.nodes, counts.onHost);
        left.allNodes = std::max(left.allNodes, counts.all);
        spent += worker->device.hostWork().seconds;
    }
    if (left.nodes > 0 && seconds > 0)
        left.share = std::min(1.0, spent / (seconds * static_cast<double>(m_workers.size())));
    return left;
}

}  // namespace clipscope::session
