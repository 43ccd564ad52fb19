// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "analysis/graph/graph.h"
#include "analysis/histogram/clamp.h"
#include "analysis/histogram/statistics.h"
#include "analysis/runtime/executor.h"

namespace clipscope::runtime {

/// Keeps the statistics of every activation while a model runs. What it holds afterwards depends
/// only on the values seen, not on their order, on batches or on threads. What Relu and Clip make
/// of a value that is kept too is not counted again: its bins follow, when they are asked for, from
/// those of the value. What only puts values elsewhere (Reshape, Transpose) has the bins of what it
/// reads.
class Collector final : public Observer {
public:
    /// `device`: where the model runs; null where tensors are on the host. It must outlive the
    /// collector.
    Collector(const graph::Graph& graph, std::span<const graph::ValueId> activations,
              Device* device = nullptr);
    ~Collector() override;

    /// For one of several runs side by side, each of which shows its values to a lane of its own
    /// rather than to the collector. Not where there is a device. The collector must outlive it.
    class LaneObserver;
    std::unique_ptr<LaneObserver> makeLaneObserver();
    /// To be called before runs go side by side of which some will have padding; beginBatch() does
    /// it too, but not while another lane runs.
    void separateMoved();
    /// While the result lives, no lane changes what statisticsOnHost() and shape() show.
    std::vector<std::unique_lock<std::mutex>> lockStatistics();

    /// Says which samples (global indices) the next run holds along its first axis, and how many
    /// more rows are padding, not to be counted in tensors whose first axis is the batch.
    void beginBatch(std::vector<int64_t> samples, int64_t padding = 0);

    /// Takes the device's memory for all that will be counted now rather than when it is first
    /// seen, so that what is left is for the batches.
    void makeRoom();

    /// From now on runs add to the exact equal bins of |x| over [0, amax] (`--two-pass`) and to
    /// nothing else.
    void beginSecondPass(size_t bins);

    bool wants(graph::ValueId value) const override;
    bool takesAnyLayout() const override { return !m_device; }
    void observe(graph::ValueId value, const Tensor& tensor) override;
    void observeAndClamp(graph::ValueId value, Tensor& tensor,
                         const histogram::Clamp& clamp) override;

    /// Brings to the host what the device has counted since the last call, of all values or, where
    /// it throws, of none: what the host holds is always that of whole calls.
    void checkpoint();
    /// Forgets what only the device holds.
    void abandonDevice();

    /// With what the device still holds.
    const histogram::TensorStatistics& statistics(graph::ValueId value);
    /// Without it: as of the last checkpoint. Brings derived bins up to date, so one thread at a
    /// time, which holds lanes still if any runs.
    const histogram::TensorStatistics& statisticsOnHost(graph::ValueId value);
    /// Moves them out: the value must not be read or observed again.
    histogram::TensorStatistics takeStatistics(graph::ValueId value);
    /// As seen in the batch of the lowest sample, whichever ran last; rank 0 before any.
    struct SeenShape {
        Shape shape;
        int64_t sample = std::numeric_limits<int64_t>::max();  ///< the first of that batch
        bool operator==(const SeenShape&) const = default;
    };
    const SeenShape& shape(graph::ValueId value) const;
    /// Values whose padded rows were counted because their first axis is not the batch.
    std::vector<graph::ValueId> countedWithPadding() const;

private:
    struct Slot {
        histogram::TensorStatistics statistics;
        SeenShape shape;
        bool lastAxisIsChannel = false;
        bool paddingCounted = false;
        /// The slot from whose histogram that of this one follows: what `clamp` makes of those
        /// values, in another order where it is moved. Where it is not, its ranges follow, too.
        struct Origin {
            size_t slot;
            histogram::Clamp clamp;
            bool isMoved = false;
        };
        std::optional<Origin> origin;
        std::vector<size_t> derived;                 ///< slots of which this is the origin
        size_t family = 0;                           ///< whose guard is that of this slot, too
        std::unique_ptr<DeviceStatistics> onDevice;  ///< made on first use
    };

    void findDerived(const graph::Graph& graph);
    void findFamilies();
    /// Gives what is derived of it, or what is moved of that, histograms of their own, from now on.
    void separate(Slot& origin, bool onlyMoved);
    /// With its histogram as it is now.
    const histogram::TensorStatistics& upToDate(Slot& slot);

    Slot& slot(graph::ValueId value);
    const Slot& slot(graph::ValueId value) const;
    std::mutex& guardOf(const Slot& slot) { return m_guards[slot.family]; }

    Device* m_device;
    std::vector<int32_t> m_slotOf;  ///< by value, -1 for those not wanted
    std::vector<Slot> m_slots;
    std::vector<graph::ValueId> m_values;      ///< by slot
    std::unique_ptr<std::mutex[]> m_guards;    ///< of the slots' statistics and shapes, by family
    std::unique_ptr<LaneObserver> m_observer;  ///< where there is only one run at a time
    bool m_secondPass = false;
    bool m_isAhead = false;  ///< the device holds more than the host
};

}  // namespace clipscope::runtime
