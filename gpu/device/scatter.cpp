// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/scatter.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "gpu/gpu_device.h"

namespace clipscope::gpu {
namespace {

using runtime::Scattering;

/// The updates of each target together, those of a target in their order.
struct ScatterPlan {
    std::vector<int64_t> targets;
    std::vector<int64_t> begins;
    std::vector<int64_t> order;

    explicit ScatterPlan(std::span<const int64_t> offsets) : order(offsets.size()) {
        std::iota(order.begin(), order.end(), int64_t{0});
        const auto offsetOf = [&](int64_t update) { return offsets[static_cast<size_t>(update)]; };
        if (!std::ranges::is_sorted(offsets))
            std::ranges::stable_sort(order, std::less(), offsetOf);
        for (size_t i = 0; i < order.size(); ++i)
            if (i == 0 || offsetOf(order[i]) != targets.back()) {
                targets.push_back(offsetOf(order[i]));
                begins.push_back(static_cast<int64_t>(i));
            }
        begins.push_back(std::ssize(order));
    }

    /// Which update of each target comes last.
    std::vector<int64_t> last() const {
        std::vector<int64_t> updates(targets.size());
        for (size_t g = 0; g < updates.size(); ++g)
            updates[g] = order[static_cast<size_t>(begins[g + 1] - 1)];
        return updates;
    }
};

/// The lists one behind the other.
Tensor joined(std::initializer_list<const std::vector<int64_t>*> lists) {
    std::vector<int64_t> all;
    for (const std::vector<int64_t>* list : lists)
        all.insert(all.end(), list->begin(), list->end());
    return Tensor::of<int64_t>({std::ssize(all)}, all);
}

}  // namespace

bool GpuDevice::scatterOnDevice(Scattering scattering, std::span<const int64_t> offsets,
                                int64_t run, const Tensor& updates, Tensor& y) {
    const ScatterPlan plan(offsets);
    const std::vector<int64_t> last =
        scattering == Scattering::Replace ? plan.last() : std::vector<int64_t>();
    const Tensor lists = onDevice(scattering == Scattering::Replace
                                      ? joined({&plan.targets, &last})
                                      : joined({&plan.targets, &plan.begins, &plan.order}));
    const Tensor from = onDevice(updates);
    ScatterTargets targets;
    targets.count = std::ssize(plan.targets);
    targets.targets = dataOf<int64_t>(lists);
    targets.last = targets.begins = targets.targets + targets.count;
    targets.order = targets.begins + targets.count + 1;
    Pool::forgetOriginal(y);
    return gpu::scatter(queue(), scattering, y.type(), from.bytes(), y.mutableBytes(), run,
                        targets);
}

void GpuDevice::scatter(Scattering scattering, std::span<const int64_t> offsets, int64_t run,
                        const Tensor& updates, Tensor& y) {
    if (allOnHost({&updates, &y}))
        return m_host->scatter(scattering, offsets, run, updates, y);
    if (updates.elementCount() == 0)
        return;
    if (!y.isHost() && scatterOnDevice(scattering, offsets, run, updates, y))
        return;
    onHost({&updates, &y}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        if (!y.isHost())  // what is not written stays
            std::memcpy(out.mutableBytes(), in[1].bytes(), in[1].byteSize());
        m_host->scatter(scattering, offsets, run, in[0], out);
    });
}

}  // namespace clipscope::gpu
