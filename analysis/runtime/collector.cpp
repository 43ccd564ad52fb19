// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/collector.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/channel_extents.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

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

/// Operators of the default domain that give each value of their first input once, elsewhere.
constexpr std::array<std::string_view, 8> kMoveValues = {"DepthToSpace", "Flatten",      "Identity",
                                                         "Reshape",      "SpaceToDepth", "Squeeze",
                                                         "Transpose",    "Unsqueeze"};

/// An initializer or the tensor of a Constant node; undefined where the value is neither.
Tensor constantOf(const graph::Graph& graph, graph::ValueId id) {
    const graph::Value& value = graph[id];
    if (value.initializer.isDefined())
        return value.initializer.tensor();
    if (value.producer.isValid() && graph[value.producer].type == "Constant" &&
        graph[value.producer].attributes.has("value"))
        return graph[value.producer].attributes.getTensor("value");
    return {};
}

/// The bounds of a Relu, or of a Clip whose bounds are constant.
std::optional<std::pair<float, float>> boundsOf(const graph::Graph& graph,
                                                const graph::Node& node) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    if (!node.domain.empty())
        return {};
    if (node.type == "Relu")
        return std::pair(0.0f, kInfinity);
    if (node.type != "Clip")
        return {};
    std::array<float, 2> bounds{-kInfinity, kInfinity};
    if (node.opset < 11) {
        bounds = {node.attributes.getFloat("min", std::numeric_limits<float>::lowest()),
                  node.attributes.getFloat("max", std::numeric_limits<float>::max())};
    } else {
        for (size_t i = 0; i < 2; ++i) {
            if (node.inputs.size() <= i + 1 || !node.inputs[i + 1].isValid())
                continue;
            const Tensor bound = constantOf(graph, node.inputs[i + 1]);
            if (bound.type() != DType::Float32 || bound.elementCount() != 1)
                return {};
            bounds[i] = bound.values<float>()[0];
        }
    }
    if (!(bounds[0] <= bounds[1]) || bounds[0] == kInfinity || bounds[1] == -kInfinity)
        return {};
    return std::pair(bounds[0], bounds[1]);
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
    const Tensor lying = tensor.inMemoryOrder();
    Tensor floats(DType::Float32, lying.shape());
    CpuDevice().cast(lying, floats);
    return tensor.layout() == Layout::ChannelsLast ? floats.asChannelsLast() : floats;
}

}  // namespace

Collector::Collector(const graph::Graph& graph, std::span<const graph::ValueId> activations,
                     Device* device)
    : m_device(device), m_slotOf(graph.values.size(), -1) {
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
    findChildren(graph);
    if (!device)
        findCopies(graph);
}

/// Bodies of If, Loop and Scan run another number of times than what they read: their nodes are not
/// looked at.
void Collector::findChildren(const graph::Graph& graph) {
    for (const graph::Node& node : graph.nodes) {
        if (node.inputs.empty() || !node.inputs[0].isValid() || node.outputs.empty() ||
            !node.outputs[0].isValid() || !wants(node.inputs[0]) || !wants(node.outputs[0]) ||
            graph[node.inputs[0]].type != DType::Float32)
            continue;
        if (const auto bounds = boundsOf(graph, node))
            slot(node.inputs[0])
                .children.push_back({static_cast<size_t>(m_slotOf[node.outputs[0].value()]),
                                     bounds->first, bounds->second});
    }
}

/// Both are made once in each run: by nodes of the graph itself, or given to it.
void Collector::findCopies(const graph::Graph& graph) {
    for (const graph::Node& node : graph.nodes) {
        if (!node.domain.empty() ||
            std::ranges::find(kMoveValues, node.type) == kMoveValues.end() || node.inputs.empty() ||
            !node.inputs[0].isValid() || node.outputs.empty() || !node.outputs[0].isValid() ||
            !wants(node.inputs[0]) || !wants(node.outputs[0]) ||
            graph[node.inputs[0]].type != DType::Float32)
            continue;
        const Slot& read = slot(node.inputs[0]);
        Slot& made = slot(node.outputs[0]);
        made.original =
            read.original.value_or(static_cast<size_t>(m_slotOf[node.inputs[0].value()]));
        m_slots[*made.original].copies.push_back(
            static_cast<size_t>(m_slotOf[node.outputs[0].value()]));
    }
}

void Collector::separate(Slot& original) {
    for (const size_t i : std::exchange(original.copies, {})) {
        m_slots[i].statistics.histogram = original.statistics.histogram;
        m_slots[i].original.reset();
    }
}

void Collector::beginBatch(std::vector<int64_t> samples, int64_t padding) {
    m_samples = std::move(samples);
    m_padding = padding;
    for (Slot& slot : m_slots) {
        slot.isDone = false;
        if (padding > 0)  // which the one may count and the other not
            separate(slot);
    }
}

void Collector::makeRoom() {
    for (Slot& slot : m_slots)
        if (m_device && !slot.onDevice)
            slot.onDevice = m_device->makeStatistics();
}

void Collector::beginSecondPass(size_t bins) {
    checkpoint();
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

void Collector::checkpoint() {
    if (!m_isAhead)
        return;
    std::vector<TensorStatistics> next;
    for (Slot& slot : m_slots) {
        next.push_back(slot.statistics);
        if (slot.onDevice)
            slot.onDevice->drain(next.back());
    }
    for (size_t i = 0; i < next.size(); ++i)
        m_slots[i].statistics = std::move(next[i]);
    m_isAhead = false;
}

void Collector::abandonDevice() {
    for (Slot& slot : m_slots)
        slot.onDevice.reset();
    m_isAhead = false;
}

const TensorStatistics& Collector::statistics(graph::ValueId value) {
    checkpoint();
    return statisticsOnHost(value);
}

const TensorStatistics& Collector::statisticsOnHost(graph::ValueId value) {
    Slot& target = slot(value);
    if (target.original)
        target.statistics.histogram = m_slots[*target.original].statistics.histogram;
    return target.statistics;
}

TensorStatistics Collector::takeStatistics(graph::ValueId value) {
    statistics(value);
    separate(slot(value));
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
    Tensor tensor = raw;
    const auto batch = static_cast<int64_t>(m_samples.size());
    const bool batchFirst = tensor.rank() > 0 && tensor.shape()[0] == batch + m_padding;
    if (batchFirst && m_padding > 0)
        tensor = tensor.rows(0, batch);
    else if (m_padding > 0)
        target.paddingCounted = true;
    target.shape = tensor.shape();
    if (!m_secondPass && std::exchange(target.isDone, false))
        return;
    if (observeOnDevice(target, tensor, batchFirst))
        return;
    tensor = asFloats(m_device ? m_device->toHost(tensor) : tensor);
    if (m_secondPass)
        return addExactParallel(tensor.inMemoryOrder().values<float>(),
                                *target.statistics.exactAbs);
    count(target, tensor, batchFirst);
}

/// False where the tensor is, or belongs, on the CPU.
bool Collector::observeOnDevice(Slot& target, const Tensor& tensor, bool batchFirst) {
    if (!m_device || tensor.isHost() || !isFloat(tensor.type()))
        return false;
    if (!target.onDevice)
        target.onDevice = m_device->makeStatistics();
    if (!target.onDevice)
        return false;
    m_isAhead = true;
    Tensor floats = tensor;
    if (tensor.type() != DType::Float32) {
        floats = m_device->allocate(DType::Float32, tensor.shape());
        m_device->cast(tensor, floats);
    }
    if (m_secondPass) {
        target.onDevice->observeExact(floats, *target.statistics.exactAbs);
        return true;
    }
    const bool known = batchFirst || m_samples.size() == 1;
    target.onDevice->observe(
        floats, channelAxis(target, tensor.rank()),
        known ? std::span<const int64_t>(m_samples) : std::span<const int64_t>());
    return true;
}

ChannelAxis Collector::channelAxis(const Slot& target, size_t rank) {
    if (rank == 2 || (rank == 3 && target.lastAxisIsChannel))
        return ChannelAxis::Last;
    return rank >= 3 ? ChannelAxis::One : ChannelAxis::None;
}

void Collector::count(Slot& target, const Tensor& tensor, bool batchFirst) {
    const int64_t samples = batchFirst ? static_cast<int64_t>(m_samples.size()) : 1;
    if (tensor.elementCount() == 0 || samples == 0)
        return;
    ChannelExtents extents(tensor, target.lastAxisIsChannel, samples);
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const histogram::Clamped itself{-kInfinity, kInfinity, &target.statistics.histogram};
    if (target.original) {
        extents.lookAtAll();
        addRanges(target, extents, itself, batchFirst);
        return;
    }
    std::vector<Slot*> children;
    std::vector<histogram::Clamped> clamped;
    for (const Slot::Child& child : target.children) {
        Slot& made = m_slots[child.slot];
        if (tensor.rank() == 3 && made.lastAxisIsChannel != target.lastAxisIsChannel)
            continue;  // it has other channels
        children.push_back(&made);
        clamped.push_back({child.lo, child.hi, &made.statistics.histogram});
    }
    const bool clampedToo = m_counter.count(
        tensor.inMemoryOrder().values<float>(), target.statistics.histogram, clamped,
        {extents.unit(),
         [&](size_t begin, size_t end, int worker) { extents.look(begin, end, worker); }});
    extents.finish();
    addRanges(target, extents, itself, batchFirst);
    for (size_t i = 0; i < clamped.size() && clampedToo; ++i) {
        addRanges(*children[i], extents, clamped[i], batchFirst);
        children[i]->isDone = true;
    }
}

void Collector::addRanges(Slot& target, const ChannelExtents& extents,
                          const histogram::Clamped& bounds, bool batchFirst) {
    extents.addChannels(target.statistics, bounds);
    if (!batchFirst && m_samples.size() != 1)
        return;  // which sample a value belongs to cannot be told
    for (size_t i = 0; i < (batchFirst ? m_samples.size() : 1); ++i)
        target.statistics.sampleAmax.push_back({m_samples[i], extents.amaxOf(i, bounds)});
}

}  // namespace clipscope::runtime
