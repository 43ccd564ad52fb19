// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/collector.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "analysis/runtime/collector_lane.h"
#include "analysis/runtime/derived_values.h"

namespace clipscope::runtime {

using histogram::TensorStatistics;

Collector::Collector(const graph::Graph& graph, std::span<const graph::ValueId> activations,
                     Device* device)
    : m_device(device), m_slotOf(graph.values.size(), -1) {
    for (const graph::ValueId id : activations) {
        m_slotOf[id.value()] = static_cast<int32_t>(m_slots.size());
        const graph::NodeId producer = graph[id].producer;
        Slot slot;
        slot.lastAxisIsChannel = producer.isValid() && hasChannelsLast(graph[producer]);
        m_slots.push_back(std::move(slot));
        m_values.push_back(id);
    }
    findChildren(graph);
    if (!device)
        findCopies(graph);
    findFamilies();
    m_lane = makeLane();
}

Collector::~Collector() = default;

std::unique_ptr<Collector::Lane> Collector::makeLane() {
    return std::make_unique<Lane>(*this);
}

/// Slots of values between which a run carries bins have one guard.
void Collector::findFamilies() {
    std::vector<size_t> family(m_slots.size());
    std::iota(family.begin(), family.end(), size_t{0});
    const auto headOf = [&](size_t i) {
        while (family[i] != i)
            i = family[i] = family[family[i]];
        return i;
    };
    for (size_t i = 0; i < m_slots.size(); ++i) {
        for (const Slot::Child& child : m_slots[i].children)
            family[headOf(child.slot)] = headOf(i);
        for (const size_t copy : m_slots[i].copies)
            family[headOf(copy)] = headOf(i);
    }
    for (size_t i = 0; i < m_slots.size(); ++i)
        m_slots[i].family = headOf(i);
    m_guards = std::make_unique<std::mutex[]>(m_slots.size());
}

std::vector<std::unique_lock<std::mutex>> Collector::holdStill() {
    std::vector<std::unique_lock<std::mutex>> locks;
    for (size_t i = 0; i < m_slots.size(); ++i)
        locks.emplace_back(m_guards[i]);
    return locks;
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
        if (!onlyMovesValues(node) || node.inputs.empty() || !node.inputs[0].isValid() ||
            node.outputs.empty() || !node.outputs[0].isValid() || !wants(node.inputs[0]) ||
            !wants(node.outputs[0]) || graph[node.inputs[0]].type != DType::Float32)
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

void Collector::separateCopies() {
    for (Slot& slot : m_slots)
        separate(slot);
}

void Collector::beginBatch(std::vector<int64_t> samples, int64_t padding) {
    m_lane->beginBatch(std::move(samples), padding);
}

void Collector::observe(graph::ValueId value, const Tensor& tensor) {
    m_lane->observe(value, tensor);
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

}  // namespace clipscope::runtime
