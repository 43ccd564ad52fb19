// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/collector.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "analysis/runtime/derived_values.h"
#include "analysis/runtime/lane_observer.h"

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
    if (!device)
        findDerived(graph);
    findFamilies();
    m_observer = makeLaneObserver();
}

Collector::~Collector() = default;

std::unique_ptr<Collector::LaneObserver> Collector::makeLaneObserver() {
    return std::make_unique<LaneObserver>(*this);
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
    for (size_t i = 0; i < m_slots.size(); ++i)
        for (const size_t made : m_slots[i].derived)
            family[headOf(made)] = headOf(i);
    for (size_t i = 0; i < m_slots.size(); ++i)
        m_slots[i].family = headOf(i);
    m_guards = std::make_unique<std::mutex[]>(m_slots.size());
}

std::vector<std::unique_lock<std::mutex>> Collector::lockStatistics() {
    std::vector<std::unique_lock<std::mutex>> locks;
    for (size_t i = 0; i < m_slots.size(); ++i)
        locks.emplace_back(m_guards[i]);
    return locks;
}

/// Both are made once in each run: by nodes of the graph itself, or given to it. (Bodies of If,
/// Loop and Scan run another number of times than what they read.)
void Collector::findDerived(const graph::Graph& graph) {
    for (const graph::Node& node : graph.nodes) {
        if (node.inputs.empty() || !node.inputs[0].isValid() || node.outputs.empty() ||
            !node.outputs[0].isValid() || !wants(node.inputs[0]) || !wants(node.outputs[0]) ||
            graph[node.inputs[0]].type != DType::Float32)
            continue;
        const bool isMoved = onlyMovesValues(node);
        const auto clamp = isMoved ? histogram::Clamp{} : clampOf(graph, node);
        if (!clamp)
            continue;
        const auto readIndex = static_cast<size_t>(m_slotOf[node.inputs[0].value()]);
        const auto madeIndex = static_cast<size_t>(m_slotOf[node.outputs[0].value()]);
        const Slot& read = m_slots[readIndex];
        Slot::Origin origin{readIndex, *clamp, isMoved};
        if (read.origin)
            origin = {read.origin->slot, read.origin->clamp.then(*clamp),
                      isMoved || read.origin->isMoved};
        m_slots[madeIndex].origin = origin;
        m_slots[origin.slot].derived.push_back(madeIndex);
        m_slots[origin.slot].statistics.histogram.keepFor(origin.clamp);
    }
}

void Collector::separate(Slot& origin, bool onlyMoved) {
    std::erase_if(origin.derived, [&](size_t i) {
        if (onlyMoved && !m_slots[i].origin->isMoved)
            return false;
        upToDate(m_slots[i]);
        m_slots[i].origin.reset();
        return true;
    });
}

void Collector::separateMoved() {
    for (Slot& slot : m_slots)
        separate(slot, true);
}

const TensorStatistics& Collector::upToDate(Slot& slot) {
    if (slot.origin)
        slot.statistics.histogram =
            m_slots[slot.origin->slot].statistics.histogram.clamped(slot.origin->clamp);
    return slot.statistics;
}

void Collector::beginBatch(std::vector<int64_t> samples, int64_t padding) {
    m_observer->beginBatch(std::move(samples), padding);
}

void Collector::observe(graph::ValueId value, const Tensor& tensor) {
    m_observer->observe(value, tensor);
}

void Collector::observeAndClamp(graph::ValueId value, Tensor& tensor,
                                const histogram::Clamp& clamp) {
    m_observer->observeAndClamp(value, tensor, clamp);
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
        slot.statistics.exactAbs =
            histogram::EqualBins{0.0, upToDate(slot).histogram.amax(), std::vector<uint64_t>(bins)};
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
    return upToDate(slot(value));
}

TensorStatistics Collector::takeStatistics(graph::ValueId value) {
    statistics(value);
    Slot& taken = slot(value);
    separate(taken, false);
    taken.statistics.histogram.narrow();
    return std::move(taken.statistics);
}

const Collector::SeenShape& Collector::shape(graph::ValueId value) const {
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
