// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/runtime/collector.h"
#include "analysis/runtime/executor.h"
#include "analysis/session/host_share.h"
#include "analysis/session/sample_run.h"

namespace clipscope::session {

/// A batch that does not fit the memory of a device, found before anything of it was counted.
struct BatchTooLarge {};

/// One model on one or several devices, with what is collected on each. Several take whole batches
/// in turn, side by side; what they collect merges exactly.
class DeviceRun {
public:
    /// The graph and the devices must outlive it.
    DeviceRun(const graph::Graph& graph, std::span<const graph::ValueId> activations,
              const std::vector<runtime::Device*>& devices, const CancellationToken& cancel);
    ~DeviceRun();

    /// Runs a batch: at once on a single device, else on the next one, after what it is doing.
    /// The first batch on a device other than the CPU runs once without being counted. Throws
    /// BatchTooLarge where that does not fit its memory.
    void run(const SampleBatch& batch, const CancellationToken& cancel);
    /// Waits for all batches.
    void finish();
    /// After a cancellation: waits; true where a device was inside a batch.
    bool stop();

    void beginSecondPass(size_t bins);
    /// Of all devices; each value once. Call finish() before.
    histogram::TensorStatistics takeStatistics(graph::ValueId value);
    const Shape& shape(graph::ValueId value) const;
    std::vector<graph::ValueId> countedWithPadding() const;
    /// The only device's, while it runs.
    const histogram::TensorStatistics& statistics(graph::ValueId value);

    size_t deviceCount() const { return m_workers.size(); }
    std::string name() const;  ///< of all devices
    /// What the devices left to the CPU so far, in a run of `seconds`. Between two batches.
    HostShare hostShare(double seconds) const;

private:
    struct Worker;
    std::vector<std::unique_ptr<Worker>> m_workers;
    size_t m_next = 0;
    bool m_fits = false;
};

}  // namespace clipscope::session
