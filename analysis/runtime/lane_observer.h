// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/histogram/counter.h"
#include "analysis/runtime/channel_extents.h"
#include "analysis/runtime/collector.h"

namespace clipscope::runtime {

/// One of the runs that a collector watches, side by side where it has several: which samples it
/// has before it, and what it counts before that is added to the collector's statistics.
class Collector::LaneObserver final : public Observer {
public:
    explicit LaneObserver(Collector& collector)
        : m_collector(collector), m_isDone(collector.m_slots.size()) {}

    /// As Collector::beginBatch.
    void beginBatch(std::vector<int64_t> samples, int64_t padding = 0);

    bool wants(graph::ValueId value) const override { return m_collector.wants(value); }
    bool takesAnyLayout() const override { return m_collector.takesAnyLayout(); }
    void observe(graph::ValueId value, const Tensor& tensor) override;
    void observeAndClamp(graph::ValueId value, Tensor& tensor,
                         const histogram::Clamp& clamp) override;

private:
    /// `clamp`: done to the elements after they were seen; may be null. Returns to how many of
    /// them, from the first on, it was.
    size_t see(graph::ValueId value, const Tensor& tensor, const histogram::Clamp* clamp);
    bool observeOnDevice(Slot& slot, const Tensor& tensor, bool batchFirst);
    void addExact(Slot& slot, const Tensor& floats);
    size_t count(Slot& slot, const Tensor& tensor, bool batchFirst, const histogram::Clamp* clamp);
    /// The ranges that `extents` found, of what `clamp` makes of the values.
    void addRanges(Slot& slot, const ChannelExtents& extents, const histogram::Clamp& clamp,
                   bool batchFirst);

    Collector& m_collector;
    histogram::Counter m_counter;
    std::vector<int64_t> m_samples;
    int64_t m_padding = 0;
    /// By slot, for the tensor to come: its ranges were added with those of what it is made of.
    std::vector<bool> m_isDone;
};

}  // namespace clipscope::runtime
