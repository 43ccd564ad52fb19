// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/lane_observer.h"

#include <mutex>
#include <span>
#include <utility>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/widening.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 1 << 15;  // values that are worth a thread

/// The values as float32, where the device has them.
Tensor asFloats(Device& device, const Tensor& tensor) {
    return tensor.type() == DType::Float32 ? tensor : castTo(device, tensor, DType::Float32);
}

ChannelAxis channelAxis(bool lastAxisIsChannel, size_t rank) {
    if (rank == 2 || (rank == 3 && lastAxisIsChannel))
        return ChannelAxis::Last;
    return rank >= 3 ? ChannelAxis::Second : ChannelAxis::None;
}

}  // namespace

void Collector::LaneObserver::beginBatch(std::vector<int64_t> samples, int64_t padding) {
    m_samples = std::move(samples);
    m_padding = padding;
    m_isDone.assign(m_isDone.size(), false);
    if (padding > 0)  // which the one may count and the other not
        m_collector.separateMoved();
}

void Collector::LaneObserver::observe(graph::ValueId value, const Tensor& tensor) {
    see(value, tensor, nullptr);
}

void Collector::LaneObserver::observeAndClamp(graph::ValueId value, Tensor& tensor,
                                              const histogram::Clamp& clamp) {
    const size_t done = see(value, tensor, &clamp);
    clamp.applyTo(tensor.inMemoryOrder().mutableValues<float>().subspan(done));
}

size_t Collector::LaneObserver::see(graph::ValueId value, const Tensor& raw,
                                    const histogram::Clamp* clamp) {
    Slot& target = m_collector.slot(value);
    Tensor tensor = raw;
    const auto batch = static_cast<int64_t>(m_samples.size());
    const bool batchFirst = tensor.rank() > 0 && tensor.shape()[0] == batch + m_padding;
    if (batchFirst && m_padding > 0)
        tensor = tensor.rows(0, batch);
    {
        const std::scoped_lock lock(m_collector.guardOf(target));
        target.paddingCounted = target.paddingCounted || (m_padding > 0 && !batchFirst);
        const int64_t first = m_samples.empty() ? 0 : m_samples.front();
        if (first <= target.shape.sample)  // the same one: in a body of Loop, the last time
            target.shape = {tensor.shape(), first};
    }
    const auto index = static_cast<size_t>(m_collector.m_slotOf[value.value()]);
    if (!m_collector.m_secondPass && m_isDone[index]) {
        m_isDone[index] = false;
        return 0;
    }
    if (observeOnDevice(target, tensor, batchFirst))
        return 0;
    CpuDevice host;
    tensor = asFloats(host, m_collector.m_device ? m_collector.m_device->toHost(tensor) : tensor);
    if (!m_collector.m_secondPass)
        return count(target, tensor, batchFirst, clamp);
    addExact(target, tensor);
    return 0;
}

/// False where the tensor is, or belongs, on the CPU.
bool Collector::LaneObserver::observeOnDevice(Slot& target, const Tensor& tensor, bool batchFirst) {
    Device* device = m_collector.m_device;
    if (!device || tensor.isHost() || !isFloat(tensor.type()))
        return false;
    if (!target.onDevice)
        target.onDevice = device->makeStatistics();
    if (!target.onDevice)
        return false;
    m_collector.m_isAhead = true;
    const Tensor floats = asFloats(*device, tensor);
    if (m_collector.m_secondPass) {
        target.onDevice->observeExact(floats, *target.statistics.exactAbs);
        return true;
    }
    const bool known = batchFirst || m_samples.size() == 1;
    target.onDevice->observe(
        floats, channelAxis(target.lastAxisIsChannel, tensor.rank()),
        known ? std::span<const int64_t>(m_samples) : std::span<const int64_t>());
    return true;
}

void Collector::LaneObserver::addExact(Slot& target, const Tensor& floats) {
    const std::span<const float> values = floats.inMemoryOrder().values<float>();
    histogram::EqualBins& bins = *target.statistics.exactAbs;
    std::vector<histogram::EqualBins> parts(static_cast<size_t>(threadCount()));
    parallelFor(
        static_cast<int64_t>(values.size()), kGrain, [&](int64_t begin, int64_t end, int worker) {
            histogram::EqualBins& part = parts[static_cast<size_t>(worker)];
            if (part.counts.empty())
                part = {bins.lo, bins.hi, std::vector<uint64_t>(bins.counts.size())};
            histogram::addExactAbs(
                values.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)), part);
        });
    const std::scoped_lock lock(m_collector.guardOf(target));
    for (const histogram::EqualBins& part : parts)
        for (size_t k = 0; k < part.counts.size(); ++k)
            bins.counts[k] += part.counts[k];
}

size_t Collector::LaneObserver::count(Slot& target, const Tensor& tensor, bool batchFirst,
                                      const histogram::Clamp* clamp) {
    const int64_t samples = batchFirst ? static_cast<int64_t>(m_samples.size()) : 1;
    if (tensor.elementCount() == 0 || samples == 0)
        return 0;
    std::mutex& guard = m_collector.guardOf(target);
    ChannelExtents extents(tensor, target.lastAxisIsChannel, samples);
    if (target.origin) {
        extents.lookAtAll();
        const std::scoped_lock lock(guard);
        addRanges(target, extents, {}, batchFirst);
        return 0;
    }
    const std::span<float> values = tensor.inMemoryOrder().mutableValues<float>();
    const auto look = [&](size_t begin, size_t end, int worker, bool areFinite) {
        if (clamp)
            extents.lookAndClamp(values, begin, end, worker, areFinite, *clamp);
        else
            extents.look(begin, end, worker, areFinite);
    };
    const bool allFinite =
        m_counter.count(values, target.statistics.histogram, {extents.unit(), look, &guard});
    extents.finish();
    const std::scoped_lock lock(guard);
    addRanges(target, extents, {}, batchFirst);
    for (const size_t index : target.derived) {
        Slot& made = m_collector.m_slots[index];
        const bool hasOtherChannels =
            tensor.rank() == 3 && made.lastAxisIsChannel != target.lastAxisIsChannel;
        if (made.origin->isMoved || !allFinite || hasOtherChannels)
            continue;
        addRanges(made, extents, made.origin->clamp, batchFirst);
        m_isDone[index] = true;
    }
    return values.size();
}

void Collector::LaneObserver::addRanges(Slot& target, const ChannelExtents& extents,
                                        const histogram::Clamp& clamp, bool batchFirst) {
    extents.addChannels(target.statistics, clamp);
    if (!batchFirst && m_samples.size() != 1)
        return;  // which sample a value belongs to cannot be told
    for (size_t i = 0; i < (batchFirst ? m_samples.size() : 1); ++i)
        target.statistics.sampleAmax.push_back({m_samples[i], extents.amaxOf(i, clamp)});
}

}  // namespace clipscope::runtime
