// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/histogram/clamp.h"
#include "analysis/histogram/statistics.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// Least and largest finite value of each channel of each sample, gathered by several threads while
/// the values are in their caches.
class ChannelExtents {
public:
    /// `tensor`: float32 on the host. `samples` along its first axis, 1 where that is another axis.
    /// At rank 3 the channels are the last axis or axis 1; at rank 2 the last; above, axis 1.
    ChannelExtents(const Tensor& tensor, bool lastAxisIsChannel, int64_t samples);

    /// What look() must get whole multiples of.
    size_t unit() const { return m_isInterleaved ? m_channels : 1; }
    /// At values [begin, end) in memory order; `worker` as in parallelFor. Where `allFinite` is
    /// said of values that are not, infinities become part of the ranges.
    void look(size_t begin, size_t end, int worker, bool allFinite);
    /// The same, and `clamp` is done to each value after that; `values`: those of the tensor.
    void lookAndClamp(std::span<float> values, size_t begin, size_t end, int worker, bool allFinite,
                      const histogram::Clamp& clamp);
    /// After all values were looked at.
    void finish();
    void lookAtAll();  ///< the same on all threads, to the end, finite or not

    /// Adds the ranges of the channels, of what `clamp` makes of the values.
    void addChannels(histogram::TensorStatistics& statistics, const histogram::Clamp& clamp) const;
    float amaxOf(size_t sample, const histogram::Clamp& clamp) const;

private:
    void lookAtFinite(size_t begin, size_t end, size_t cells);
    bool hasSeenInfinity() const;
    void lookAtRows(size_t begin, size_t end, size_t cells);
    void clampRows(float* values, size_t begin, size_t end, size_t cells,
                   const histogram::Clamp& clamp);
    /// Calls `include` with rows [first, last), all of one sample, and its first cell.
    template <typename Include>
    void forEachSample(size_t begin, size_t end, size_t cells, Include&& include) const;
    void lookAtRuns(size_t begin, size_t end, size_t cells);

    std::span<const float> m_values;
    size_t m_samples;
    size_t m_channels = 0;         ///< 0: there is no channel axis
    size_t m_length = 0;           ///< of a run of one channel, or rows of a sample
    bool m_isInterleaved = false;  ///< the channels are the innermost axis
    size_t m_cells = 0;            ///< samples x channels
    /// Infinities, the wrong way round, where there is no finite value.
    struct Bounds {
        explicit Bounds(size_t size = 0);
        std::vector<float> least;
        std::vector<float> largest;
    };
    Bounds m_seen;       ///< by worker and cell
    Bounds m_ofChannel;  ///< of all samples, once finished
    Bounds m_ofSample;
};

}  // namespace clipscope::runtime
