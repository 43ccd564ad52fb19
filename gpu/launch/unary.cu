// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/elementwise.h"
#include "gpu/launch.h"
#include "gpu/launch/elementwise.h"

namespace clipscope::gpu {
namespace {

template <typename T, typename F>
bool launchUnary(const Queue& queue, F functor, const void* x, void* y, int64_t count) {
    if constexpr (runtime::functors::kApplies<F, T>) {
        using Kernel = UnaryKernel<F, T>;
        launch(queue,
               Kernel{functor, static_cast<const Stored<T>*>(x),
                      static_cast<Stored<typename Kernel::Result>*>(y), count},
               blocksFor(queue, count, Kernel::kThreads));
        return true;
    } else {
        return false;
    }
}

}  // namespace

bool unary(const Queue& queue, runtime::UnaryFunction function,
           const runtime::UnaryParameters& parameters, DType type, const void* x, void* y,
           int64_t count) {
    return runtime::visitUnary(function, parameters, [&](auto functor) {
        if (type == DType::Float32)
            return launchUnary<float>(queue, functor, x, y, count);
        if (type == DType::Bool)
            return launchUnary<bool>(queue, functor, x, y, count);
        return false;
    });
}

}  // namespace clipscope::gpu
