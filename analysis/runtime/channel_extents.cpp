// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/channel_extents.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "analysis/base/parallel.h"
#include "analysis/histogram/extent.h"
#include "analysis/runtime/cpu/vectorize.h"

namespace clipscope::runtime {
namespace {

using histogram::Extent;
using histogram::TensorStatistics;

constexpr float kNone = std::numeric_limits<float>::infinity();
constexpr float kLargest = std::numeric_limits<float>::max();

/// Sixteen floats, in as many registers as the processor needs for them.
using Lanes = float __attribute__((vector_size(64)));
constexpr size_t kLanes = 16;

/// The least and largest values of kLanes columns from `first` on join those known. `see` sees each
/// row's values, and where they are.
template <typename X, typename See>
CLIPSCOPE_INLINE void includeColumns(X* x, size_t rows, size_t columns, size_t first,
                                     float* __restrict least, float* __restrict largest,
                                     const See& see) {
    Lanes low;
    Lanes high;
    std::memcpy(&low, least + first, sizeof(low));
    std::memcpy(&high, largest + first, sizeof(high));
    for (size_t row = 0; row < rows; ++row) {
        Lanes values;
        std::memcpy(&values, x + row * columns + first, sizeof(values));
        low = values < low ? values : low;
        high = values > high ? values : high;
        see(values, x + row * columns + first);
    }
    std::memcpy(least + first, &low, sizeof(low));
    std::memcpy(largest + first, &high, sizeof(high));
}

/// least[i] and largest[i] become those of themselves and of column i, infinities among them: NaN
/// compares with nothing.
CLIPSCOPE_VECTORIZED
void includeRows(const float* x, size_t rows, size_t columns, float* __restrict least,
                 float* __restrict largest) {
    if (columns < kLanes) {
        for (size_t row = 0; row < rows; ++row, x += columns)
            for (size_t i = 0; i < columns; ++i) {
                least[i] = x[i] < least[i] ? x[i] : least[i];
                largest[i] = x[i] > largest[i] ? x[i] : largest[i];
            }
        return;
    }
    for (size_t column = 0; column < columns; column += kLanes)  // the last ones overlap
        includeColumns(x, rows, columns, std::min(column, columns - kLanes), least, largest,
                       [](const Lanes&, const float*) CLIPSCOPE_INLINE_LAMBDA {});
}

/// The same for a multiple of kLanes columns without NaN, whose values become what `clamp` makes of
/// them.
CLIPSCOPE_VECTORIZED
void includeAndClampRows(float* x, size_t rows, size_t columns, const histogram::Clamp& clamp,
                         float* __restrict least, float* __restrict largest) {
    const Lanes lo = Lanes{} + clamp.lo;
    const Lanes hi = Lanes{} + clamp.hi;
    for (size_t column = 0; column < columns; column += kLanes)
        includeColumns(x, rows, columns, column, least, largest,
                       [&](const Lanes& values, float* at) CLIPSCOPE_INLINE_LAMBDA {
                           const Lanes raised = values < lo ? lo : values;
                           const Lanes clamped = raised > hi ? hi : raised;
                           std::memcpy(at, &clamped, sizeof(clamped));
                       });
}

/// The same of what is known of `columns` columns.
CLIPSCOPE_VECTORIZED
void includeBounds(const float* lows, const float* highs, size_t columns, float* __restrict least,
                   float* __restrict largest) {
    for (size_t i = 0; i < columns; ++i) {
        least[i] = lows[i] < least[i] ? lows[i] : least[i];
        largest[i] = highs[i] > largest[i] ? highs[i] : largest[i];
    }
}

CLIPSCOPE_VECTORIZED
float leastOf(const float* values, size_t count) {
    return inThatManyLanes<16>(
        static_cast<int64_t>(count), kNone, [values](int64_t i) { return values[i]; },
        [](float a, float b) { return b < a ? b : a; });
}

CLIPSCOPE_VECTORIZED
float largestOf(const float* values, size_t count) {
    return inThatManyLanes<16>(
        static_cast<int64_t>(count), -kNone, [values](int64_t i) { return values[i]; },
        [](float a, float b) { return b > a ? b : a; });
}

/// ranges[i] includes what `clamp` makes of the values from least[i] to largest[i], if there are
/// any; -0 becomes 0.
CLIPSCOPE_VECTORIZED
void includeClamped(const float* least, const float* largest, size_t count,
                    const histogram::Clamp& clamp, TensorStatistics::Range* __restrict ranges) {
    const histogram::Clamp own = clamp;  // which no store can change
    for (size_t i = 0; i < count; ++i) {
        const bool isAny = least[i] <= largest[i];
        const float min = isAny ? own(least[i]) + 0.0f : kNone;
        const float max = isAny ? own(largest[i]) + 0.0f : -kNone;
        ranges[i].include({min, max});
    }
}

}  // namespace

ChannelExtents::ChannelExtents(const Tensor& tensor, bool lastAxisIsChannel, int64_t samples)
    : m_values(tensor.inMemoryOrder().values<float>()), m_samples(static_cast<size_t>(samples)) {
    const Shape& shape = tensor.shape();
    const size_t rank = shape.rank();
    const bool last =
        rank == 2 || (rank == 3 && lastAxisIsChannel) || tensor.layout() == Layout::ChannelsLast;
    if (rank >= 2) {
        const size_t axis = last && tensor.layout() == Layout::RowMajor ? rank - 1 : 1;
        m_channels = static_cast<size_t>(shape[axis]);
        m_length = static_cast<size_t>(shape.elementCount(2, rank));
        m_isInterleaved = last || m_length == 1;
    }
    if (rank < 2 || m_isInterleaved)
        m_length = m_values.size() / (m_samples * std::max<size_t>(1, m_channels));
    // Without a batch axis the runs of a channel come round again.
    m_cells = m_samples * std::max<size_t>(1, m_channels);
    const auto workers = static_cast<size_t>(threadCount());
    m_seen = Bounds(workers * m_cells);
}

ChannelExtents::Bounds::Bounds(size_t size) : least(size, kNone), largest(size, -kNone) {}

void ChannelExtents::look(size_t begin, size_t end, int worker, bool allFinite) {
    const size_t cells = static_cast<size_t>(worker) * m_cells;
    if (!allFinite)
        lookAtFinite(begin, end, cells);
    else if (m_isInterleaved)
        lookAtRows(begin / m_channels, end / m_channels, cells);
    else
        lookAtRuns(begin, end, cells);
}

void ChannelExtents::lookAndClamp(std::span<float> values, size_t begin, size_t end, int worker,
                                  bool allFinite, const histogram::Clamp& clamp) {
    if (allFinite && m_isInterleaved && m_channels % kLanes == 0)
        return clampRows(values.data(), begin / m_channels, end / m_channels,
                         static_cast<size_t>(worker) * m_cells, clamp);
    look(begin, end, worker, allFinite);
    clamp.applyTo(values.subspan(begin, end - begin));
}

template <typename Include>
void ChannelExtents::forEachSample(size_t begin, size_t end, size_t cells,
                                   Include&& include) const {
    for (size_t row = begin; row < end;) {
        const size_t sample = row / m_length;
        const size_t next = std::min(end, (sample + 1) * m_length);
        include(row, next, cells + sample * m_channels);
        row = next;
    }
}

void ChannelExtents::lookAtRows(size_t begin, size_t end, size_t cells) {
    forEachSample(begin, end, cells, [this](size_t first, size_t last, size_t cell) {
        includeRows(m_values.data() + first * m_channels, last - first, m_channels,
                    &m_seen.least[cell], &m_seen.largest[cell]);
    });
}

void ChannelExtents::clampRows(float* values, size_t begin, size_t end, size_t cells,
                               const histogram::Clamp& clamp) {
    forEachSample(begin, end, cells, [&](size_t first, size_t last, size_t cell) {
        includeAndClampRows(values + first * m_channels, last - first, m_channels, clamp,
                            &m_seen.least[cell], &m_seen.largest[cell]);
    });
}

void ChannelExtents::lookAtRuns(size_t begin, size_t end, size_t cells) {
    for (size_t at = begin; at < end;) {
        const size_t run = at / m_length;
        const size_t next = std::min(end, (run + 1) * m_length);
        const Extent extent = histogram::extentOf(m_values.subspan(at, next - at));
        if (extent.finite > 0) {
            const size_t cell = cells + run % m_cells;
            m_seen.least[cell] = std::min(m_seen.least[cell], extent.min);
            m_seen.largest[cell] = std::max(m_seen.largest[cell], extent.max);
        }
        at = next;
    }
}

bool ChannelExtents::hasSeenInfinity() const {
    return leastOf(m_seen.least.data(), m_seen.least.size()) == -kNone ||
           largestOf(m_seen.largest.data(), m_seen.largest.size()) == kNone;
}

void ChannelExtents::finish() {
    float* const least = m_seen.least.data();  // by cell from now on
    float* const largest = m_seen.largest.data();
    for (size_t at = m_cells; at < m_seen.least.size(); at += m_cells)
        includeBounds(least + at, largest + at, m_cells, least, largest);
    m_ofChannel = Bounds(m_channels);
    m_ofSample = Bounds(m_samples);
    const size_t width = m_cells / m_samples;
    for (size_t sample = 0; sample < m_samples; ++sample) {
        const size_t at = sample * width;
        includeBounds(least + at, largest + at, m_channels, m_ofChannel.least.data(),
                      m_ofChannel.largest.data());
        m_ofSample.least[sample] = leastOf(least + at, width);
        m_ofSample.largest[sample] = largestOf(largest + at, width);
    }
}

void ChannelExtents::lookAtFinite(size_t begin, size_t end, size_t cells) {
    for (size_t i = begin; i < end; ++i) {
        if (!(std::fabs(m_values[i]) <= kLargest))
            continue;
        const size_t cell =
            cells + (m_isInterleaved ? i / (m_length * m_channels) * m_channels + i % m_channels
                                     : i / m_length % m_cells);
        m_seen.least[cell] = std::min(m_seen.least[cell], m_values[i]);
        m_seen.largest[cell] = std::max(m_seen.largest[cell], m_values[i]);
    }
}

void ChannelExtents::lookAtAll() {
    constexpr size_t kGrain = size_t{1} << 16;  // values that are worth a thread
    parallelFor(static_cast<int64_t>(m_values.size() / unit()),
                static_cast<int64_t>(std::max<size_t>(1, kGrain / unit())),
                [&](int64_t begin, int64_t end, int worker) {
                    look(static_cast<size_t>(begin) * unit(), static_cast<size_t>(end) * unit(),
                         worker, true);
                });
    if (hasSeenInfinity()) {  // rare enough to look at every value again
        m_seen = Bounds(m_seen.least.size());
        lookAtFinite(0, m_values.size(), 0);
    }
    finish();
}

void ChannelExtents::addChannels(TensorStatistics& statistics,
                                 const histogram::Clamp& clamp) const {
    statistics.channels.resize(std::max(statistics.channels.size(), m_channels));
    includeClamped(m_ofChannel.least.data(), m_ofChannel.largest.data(), m_channels, clamp,
                   statistics.channels.data());
}

float ChannelExtents::amaxOf(size_t sample, const histogram::Clamp& clamp) const {
    const float least = m_ofSample.least[sample];
    return least == kNone
               ? 0
               : std::max(std::fabs(clamp(least)), std::fabs(clamp(m_ofSample.largest[sample])));
}

}  // namespace clipscope::runtime
