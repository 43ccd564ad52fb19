// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/graph/graph.h"
#include "analysis/histogram/statistics.h"
#include "analysis/session/host_share.h"
#include "analysis/session/plot_bins.h"
#include "analysis/session/plot_view.h"

namespace clipscope::session {

/// What is known of one activation while samples still run.
struct LiveTensor {
    float amax = 0;
    int64_t raisedBy = -1;  ///< samples finished when amax last rose; -1: not seen yet
    PlotView view;          ///< that `bins` are drawn over
    PlotBins bins;
};

/// Where a model runs.
struct LiveDevice {
    std::string name;  ///< "cpu", "cuda:0 NVIDIA H200"
    HostShare left;    ///< to the CPU so far
};

/// A calibration between two batches. Tensors are the activations in graph order.
struct LiveSnapshot {
    struct Name {
        std::string tensor;
        std::string op;
    };
    std::shared_ptr<const std::vector<Name>> names;
    int64_t done = 0;  ///< samples
    int64_t total = 0;
    LiveDevice device;
    std::vector<LiveTensor> tensors;
};

/// Called on the working thread between two batches.
using LiveSink = std::function<void(std::shared_ptr<const LiveSnapshot>)>;

/// Columns that the bins of a snapshot are meant for.
inline constexpr size_t kLiveColumns = 160;

/// Makes snapshots of a running calibration: at most two a second, and never more than a fiftieth
/// of the time goes into them. Without a sink it does nothing.
class LiveReporter {
public:
    using Statistics = std::function<const histogram::TensorStatistics&(size_t activation)>;
    using DeviceNow = std::function<LiveDevice()>;

    LiveReporter(LiveSink sink, std::vector<LiveSnapshot::Name> names);

    /// After a batch: notes who raised amax and, when it is time, delivers a snapshot.
    /// The last batch always does.
    void update(int64_t done, int64_t total, const Statistics& statistics, const DeviceNow& device);

private:
    using Clock = std::chrono::steady_clock;
    LiveTensor view(size_t activation, const histogram::TensorStatistics& statistics) const;

    LiveSink m_sink;
    std::shared_ptr<const std::vector<LiveSnapshot::Name>> m_names;
    std::vector<float> m_amax;
    std::vector<int64_t> m_raisedBy;
    Clock::time_point m_next;
};

}  // namespace clipscope::session
