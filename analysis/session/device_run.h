// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "analysis/base/error.h"
#include "analysis/runtime/collector.h"
#include "analysis/runtime/executor.h"
#include "analysis/session/host_share.h"
#include "analysis/session/sample_run.h"

namespace clipscope::session {

/// A batch of several samples that does not fit the memory of a device. What was counted so far may
/// hold parts of it: everything has to be run again.
struct BatchTooLarge {
    std::string device;
};

/// A device that no longer answers; keep() tells what is left.
class DeviceLost : public Error {
public:
    using Error::Error;
};

/// One model on one or several devices, with what is collected on each. Several take whole batches
/// in turn, side by side; what they collect merges exactly.
class DeviceRun {
public:
    /// The graph and the devices must outlive it.
    DeviceRun(const graph::Graph& graph, std::span<const graph::ValueId> activations,
              const std::vector<runtime::Device*>& devices, const CancellationToken& cancel,
              std::chrono::milliseconds checkpoints);
    ~DeviceRun();

    /// Starts to bring a batch to the device that will run it: in the order of the runs, on the
    /// thread that reads the batches.
    void send(SampleBatch& batch);
    /// Runs a batch: at once on a single device, else on the next one, after what it is doing.
    /// The first batch runs once without being counted on every device but the CPU, so that one
    /// which does not fit is found at once. Throws BatchTooLarge and DeviceLost.
    void run(const SampleBatch& batch, const CancellationToken& cancel);
    /// Makes ready to run batches side by side on a single CPU (runtime/lanes.h), where that
    /// pays. To be called before anything runs.
    void makeLanes(const SampleRun& samples);
    size_t laneCount() const;
    /// Runs a batch; each lane on a thread of its own. Throws runtime::TooLargeForLanes.
    void run(const SampleBatch& batch, size_t lane, const CancellationToken& cancel);

    /// Waits for all batches and brings what they left to the host.
    void finish();
    /// After an error: waits; the indices, ascending, of the samples that are counted completely in
    /// what is left. A device that failed is not asked again: it leaves what it counted before its
    /// last checkpoint, some seconds ago.
    std::vector<int64_t> keep();
    /// After a cancellation: waits; true where a device was inside a batch.
    bool stop();

    void beginSecondPass(size_t bins);
    /// Of all devices; each value once. Call finish() before.
    histogram::TensorStatistics takeStatistics(graph::ValueId value);
    const Shape& shape(graph::ValueId value) const;
    std::vector<graph::ValueId> countedWithPadding() const;
    /// The only device's, while it runs; a device other than the CPU shows its last checkpoint.
    const histogram::TensorStatistics& statistics(graph::ValueId value);
    /// While the result lives, no lane changes what statistics() shows.
    std::vector<std::unique_lock<std::mutex>> lockStatistics();

    size_t deviceCount() const { return m_workers.size(); }
    std::string name() const;  ///< of all devices
    /// What the devices left to the CPU so far, in a run of `seconds`. Between two batches.
    HostShare hostShare(double seconds) const;

private:
    struct Worker;
    void tryOut(const SampleBatch& batch, const CancellationToken& cancel);

    std::vector<std::unique_ptr<Worker>> m_workers;
    size_t m_next = 0;
    size_t m_nextSent = 0;
    bool m_isTriedOut = false;
};

}  // namespace clipscope::session
