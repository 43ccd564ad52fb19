// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/device_run.h"

#include <algorithm>

#include "analysis/base/error.h"

namespace clipscope::session {

using graph::ValueId;
using histogram::TensorStatistics;

struct DeviceRun::Worker {
    Worker(const graph::Graph& graph, std::span<const ValueId> activations,
           runtime::Device& ownDevice, const CancellationToken& cancel)
        : device(ownDevice),
          executor(graph, device, cancel),
          collector(graph, activations,
                    device.memoryKind() == MemoryKind::Host ? nullptr : &device) {}

    void run(const SampleBatch& batch, const CancellationToken& cancel) {
        collector.beginBatch(batch.samples, batch.padding);
        executor.run(batch.inputs, &collector, cancel);
    }

    runtime::Device& device;
    runtime::Executor executor;
    runtime::Collector collector;
    std::future<void> running;
};

DeviceRun::DeviceRun(const graph::Graph& graph, std::span<const ValueId> activations,
                     const std::vector<runtime::Device*>& devices,
                     const CancellationToken& cancel) {
    for (runtime::Device* device : devices)
        m_workers.push_back(std::make_unique<Worker>(graph, activations, *device, cancel));
    m_fits = m_workers.front()->device.memoryKind() == MemoryKind::Host;
}

DeviceRun::~DeviceRun() = default;

void DeviceRun::run(const SampleBatch& batch, const CancellationToken& cancel) {
    Worker& worker = *m_workers[m_next];
    m_next = (m_next + 1) % m_workers.size();
    if (!m_fits) {
        try {
            for (const auto& each : m_workers)
                each->collector.makeRoom();
            worker.executor.run(batch.inputs, nullptr, cancel);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::OutOfMemory && batch.samples.size() > 1)
                throw BatchTooLarge();
            throw;
        }
        m_fits = true;
    }
    if (m_workers.size() == 1)
        return worker.run(batch, cancel);
    if (worker.running.valid())
        worker.running.get();
    worker.running =
        std::async(std::launch::async, [&worker, batch, cancel] { worker.run(batch, cancel); });
}

void DeviceRun::finish() {
    for (const auto& worker : m_workers)
        if (worker->running.valid())
            worker->running.get();
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
    m_workers.front()->collector.beginSecondPass(bins);
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
    return m_workers.front()->collector.statistics(value);
}

/// As last seen: by the device that ran last, but for values that only others have seen.
const Shape& DeviceRun::shape(ValueId value) const {
    for (size_t i = 1; i <= m_workers.size(); ++i) {
        const Worker& worker = *m_workers[(m_next + m_workers.size() - i) % m_workers.size()];
        if (worker.collector.shape(value).rank() > 0)
            return worker.collector.shape(value);
    }
    return m_workers.front()->collector.shape(value);
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
