// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/collector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

using histogram::Extent;
using histogram::TensorStatistics;

constexpr int64_t kGrain = 1 << 15;  // values that are worth a thread

/// Operators whose output has its channels along axis 1 even at rank 3.
constexpr std::array<std::string_view, 12> kChannelsFirst = {"AveragePool",
                                                             "BatchNormalization",
                                                             "Conv",
                                                             "ConvTranspose",
                                                             "GlobalAveragePool",
                                                             "GlobalLpPool",
                                                             "GlobalMaxPool",
                                                             "GroupNormalization",
                                                             "InstanceNormalization",
                                                             "LpPool",
                                                             "MaxPool",
                                                             "MaxUnpool"};

void include(TensorStatistics::Range& range, float min, float max) {
    range.min = range.seen ? std::min(range.min, min) : min;
    range.max = range.seen ? std::max(range.max, max) : max;
    range.seen = true;
}

/// Extents of each of `rows` runs of `length` values.
std::vector<Extent> rowExtents(std::span<const float> values, int64_t rows, int64_t length) {
    std::vector<Extent> extents(static_cast<size_t>(rows));
    const int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(1, length));
    parallelFor(rows, grain, [&](int64_t begin, int64_t end, int) {
        for (int64_t r = begin; r < end; ++r)
            extents[static_cast<size_t>(r)] = histogram::extentOf(
                values.subspan(static_cast<size_t>(r * length), static_cast<size_t>(length)));
    });
    return extents;
}

/// Finite extremes of each column of a rows x columns matrix.
std::vector<TensorStatistics::Range> columnRanges(std::span<const float> values, int64_t rows,
                                                  int64_t columns) {
    constexpr float kLargest = std::numeric_limits<float>::max();
    constexpr float kNone = std::numeric_limits<float>::infinity();
    const auto width = static_cast<size_t>(columns);
    const auto workers = static_cast<size_t>(threadCount());
    std::vector<float> least(workers * width, kNone);
    std::vector<float> largest(workers * width, -kNone);
    const int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(1, columns));
    parallelFor(rows, grain, [&](int64_t begin, int64_t end, int worker) {
        float* min = least.data() + static_cast<size_t>(worker) * width;
        float* max = largest.data() + static_cast<size_t>(worker) * width;
        for (int64_t r = begin; r < end; ++r) {
            const float* row = values.data() + r * columns;
            for (size_t c = 0; c < width; ++c) {
                const bool finite = std::fabs(row[c]) <= kLargest;
                min[c] = finite && row[c] < min[c] ? row[c] : min[c];
                max[c] = finite && row[c] > max[c] ? row[c] : max[c];
            }
        }
    });
    std::vector<TensorStatistics::Range> ranges(width);
    for (size_t w = 0; w < workers; ++w)
        for (size_t c = 0; c < width; ++c)
            if (least[w * width + c] != kNone)
                include(ranges[c], least[w * width + c] + 0.0f, largest[w * width + c] + 0.0f);
    return ranges;
}

void mergeChannels(TensorStatistics& statistics,
                   const std::vector<TensorStatistics::Range>& channels) {
    if (statistics.channels.size() < channels.size())
        statistics.channels.resize(channels.size());
    for (size_t c = 0; c < channels.size(); ++c)
        if (channels[c].seen)
            include(statistics.channels[c], channels[c].min, channels[c].max);
}

void addExactParallel(std::span<const float> values, histogram::EqualBins& bins) {
    std::vector<histogram::EqualBins> parts(static_cast<size_t>(threadCount()));
    parallelFor(
        static_cast<int64_t>(values.size()), kGrain, [&](int64_t begin, int64_t end, int worker) {
            histogram::EqualBins& part = parts[static_cast<size_t>(worker)];
            if (part.counts.empty())
                part = {bins.lo, bins.hi, std::vector<uint64_t>(bins.counts.size())};
            histogram::addExactAbs(
                values.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)), part);
        });
    for (const histogram::EqualBins& part : parts)
        for (size_t k = 0; k < part.counts.size(); ++k)
            bins.counts[k] += part.counts[k];
}

/// The values as float32 on the host.
Tensor asFloats(const Tensor& tensor) {
    if (tensor.type() == DType::Float32)
        return tensor;
    Tensor floats(DType::Float32, tensor.shape());
    CpuDevice().cast(tensor, floats);
    return floats;
}

}  // namespace

Collector::Collector(const graph::Graph& graph, std::span<const graph::ValueId> activations)
    : m_slotOf(graph.values.size(), -1) {
    for (const graph::ValueId id : activations) {
        m_slotOf[id.value()] = static_cast<int32_t>(m_slots.size());
        const graph::NodeId producer = graph[id].producer;
        Slot slot;
        slot.lastAxisIsChannel =
            producer.isValid() &&
            std::ranges::find(kChannelsFirst, graph[producer].type) == kChannelsFirst.end();
        m_slots.push_back(std::move(slot));
        m_values.push_back(id);
    }
}

void Collector::beginBatch(std::vector<int64_t> samples, int64_t padding) {
    m_samples = std::move(samples);
    m_padding = padding;
}

void Collector::beginSecondPass(size_t bins) {
    m_secondPass = true;
    for (Slot& slot : m_slots)
        slot.statistics.exactAbs = histogram::EqualBins{0.0, slot.statistics.histogram.amax(),
                                                        std::vector<uint64_t>(bins)};
}

bool Collector::wants(graph::ValueId value) const {
    return m_slotOf[value.value()] >= 0;
}

Collector::Slot& Collector::slot(graph::ValueId value) {
    return m_slots[static_cast<size_t>(m_slotOf[value.value()])];
}

const Collector::Slot& Collector::slot(graph::ValueId value) const {
    return m_slots[static_cast<size_t>(m_slotOf[value.value()])];
}

const TensorStatistics& Collector::statistics(graph::ValueId value) const {
    return slot(value).statistics;
}

TensorStatistics Collector::takeStatistics(graph::ValueId value) {
    return std::move(slot(value).statistics);
}

const Shape& Collector::shape(graph::ValueId value) const {
    return slot(value).shape;
}

std::vector<graph::ValueId> Collector::countedWithPadding() const {
    std::vector<graph::ValueId> values;
    for (size_t i = 0; i < m_slots.size(); ++i)
        if (m_slots[i].paddingCounted)
            values.push_back(m_values[i]);
    return values;
}

void Collector::observe(graph::ValueId value, const Tensor& raw) {
    Slot& target = slot(value);
    Tensor tensor = asFloats(raw);
    const auto batch = static_cast<int64_t>(m_samples.size());
    const bool batchFirst = tensor.rank() > 0 && tensor.shape()[0] == batch + m_padding;
    if (batchFirst && m_padding > 0)
        tensor = tensor.rows(0, batch);
    else if (m_padding > 0)
        target.paddingCounted = true;
    target.shape = tensor.shape();
    const std::span<const float> values = tensor.values<float>();
    if (m_secondPass) {
        addExactParallel(values, *target.statistics.exactAbs);
        return;
    }
    observeExtents(target, tensor, batchFirst);
    m_counter.count(values, target.statistics.histogram);
}

void Collector::observeExtents(Slot& target, const Tensor& tensor, bool batchFirst) {
    const std::span<const float> values = tensor.values<float>();
    const Shape& shape = tensor.shape();
    const auto batch = static_cast<int64_t>(m_samples.size());
    const int64_t samples = batchFirst ? batch : 1;
    if (tensor.elementCount() == 0 || samples == 0)
        return;
    std::vector<Extent> perSample(static_cast<size_t>(samples));
    const size_t rank = shape.rank();
    const bool lastAxis = rank == 2 || (rank == 3 && target.lastAxisIsChannel);
    if (lastAxis) {
        const int64_t columns = shape[rank - 1];
        mergeChannels(target.statistics,
                      columnRanges(values, tensor.elementCount() / columns, columns));
        perSample = rowExtents(values, samples, tensor.elementCount() / samples);
    } else if (rank >= 3) {
        const int64_t channels = shape[1];
        const std::vector<Extent> rows =
            rowExtents(values, shape[0] * channels, shape.elementCount(2, rank));
        std::vector<TensorStatistics::Range> ranges(static_cast<size_t>(channels));
        for (size_t r = 0; r < rows.size(); ++r) {
            perSample[batchFirst ? r / static_cast<size_t>(channels) : 0].include(rows[r]);
            if (rows[r].finite > 0)
                include(ranges[r % static_cast<size_t>(channels)], rows[r].min, rows[r].max);
        }
        mergeChannels(target.statistics, ranges);
    } else {
        perSample = rowExtents(values, samples, tensor.elementCount() / samples);
    }
    if (!batchFirst && batch != 1)
        return;  // which sample a value belongs to cannot be told
    for (size_t i = 0; i < perSample.size(); ++i)
        target.statistics.sampleAmax.push_back({m_samples[i], perSample[i].amax()});
}

}  // namespace clipscope::runtime
