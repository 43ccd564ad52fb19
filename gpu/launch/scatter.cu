// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/scatter.h"
#include "gpu/launch.h"
#include "gpu/launch/scatter.h"
#include "gpu/launch/sizes.h"

namespace clipscope::gpu {
namespace {

template <typename F, typename T>
bool combine(const Queue& queue, const void* updates, void* y, int64_t run,
             const ScatterTargets& at) {
    using Kernel = CombineKernel<F, T>;
    const int64_t count = at.count * run;
    launch(queue,
           Kernel{F(), static_cast<const T*>(updates), at.targets, at.begins, at.order,
                  static_cast<T*>(y), count, run},
           blocksFor(queue, count, Kernel::kThreads, 1));
    return true;
}

template <typename F>
bool combine(const Queue& queue, DType type, const void* updates, void* y, int64_t run,
             const ScatterTargets& at) {
    switch (type) {
        case DType::Float32:
            return combine<F, float>(queue, updates, y, run, at);
        case DType::Int32:
            return combine<F, int32_t>(queue, updates, y, run, at);
        case DType::Int64:
            return combine<F, int64_t>(queue, updates, y, run, at);
        default:
            return false;
    }
}

}  // namespace

bool scatter(const Queue& queue, runtime::Scattering scattering, DType type, const void* updates,
             void* y, int64_t run, const ScatterTargets& at) {
    using runtime::Scattering;
    namespace functors = runtime::functors;
    switch (scattering) {
        case Scattering::Add:
            return combine<functors::Add>(queue, type, updates, y, run, at);
        case Scattering::Mul:
            return combine<functors::Mul>(queue, type, updates, y, run, at);
        case Scattering::Max:
            return combine<functors::Max>(queue, type, updates, y, run, at);
        case Scattering::Min:
            return combine<functors::Min>(queue, type, updates, y, run, at);
        case Scattering::Replace:
            break;
    }
    visitSize(elementSize(type), [&](auto unit) {
        using Kernel = ReplaceKernel<decltype(unit)>;
        using U = decltype(unit);
        const int64_t count = at.count * run;
        launch(queue,
               Kernel{static_cast<const U*>(updates), at.targets, at.last, static_cast<U*>(y),
                      count, run},
               blocksFor(queue, count, Kernel::kThreads));
    });
    return true;
}

}  // namespace clipscope::gpu
