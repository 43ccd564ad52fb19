// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/element_types.h"

namespace clipscope::runtime {
namespace {

template <typename T>
T combined(Scattering scattering, T old, T update) {
    switch (scattering) {
        case Scattering::Add:
            return functors::Add{}(old, update);
        case Scattering::Mul:
            return functors::Mul{}(old, update);
        case Scattering::Max:
            return functors::Max{}(old, update);
        case Scattering::Min:
            return functors::Min{}(old, update);
        case Scattering::Replace:
            break;
    }
    return update;
}

void replaceRuns(std::span<const int64_t> offsets, int64_t run, const Tensor& updates, Tensor& y) {
    const size_t size = elementSize(y.type());
    const size_t bytes = static_cast<size_t>(run) * size;
    if (bytes == 0)
        return;
    for (size_t i = 0; i < offsets.size(); ++i)
        std::memcpy(y.mutableBytes() + static_cast<size_t>(offsets[i]) * size,
                    updates.bytes() + i * bytes, bytes);
}

}  // namespace

void CpuDevice::scatter(Scattering scattering, std::span<const int64_t> offsets, int64_t run,
                        const Tensor& updates, Tensor& y) {
    if (scattering == Scattering::Replace)
        return replaceRuns(offsets, run, updates, y);
    bool done = false;
    visitElementType(y.type(), [&]<typename T>() {
        if constexpr (!std::is_same_v<T, Boolean>) {
            const T* from = updates.values<T>().data();
            T* to = y.mutableValues<T>().data();
            for (const int64_t offset : offsets)
                for (int64_t i = 0; i < run; ++i, ++from)
                    to[offset + i] = combined(scattering, to[offset + i], *from);
            done = true;
        }
    });
    if (!done)
        throw Error(ErrorCode::Unsupported, fmt::format("{} cannot be combined with what is there",
                                                        clipscope::name(y.type())));
}

}  // namespace clipscope::runtime
