// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/elementwise.h"
#include "gpu/launch.h"
#include "gpu/launch/elementwise.h"

namespace clipscope::gpu {
namespace {

template <typename T, typename F>
bool launchBinary(const Queue& queue, F functor, const void* a, const void* b, void* y,
                  const Strided<2>& operands) {
    if constexpr (runtime::functors::kApplies<F, T>) {
        using Kernel = BinaryKernel<F, T>;
        launch(queue,
               Kernel{functor, static_cast<const Stored<T>*>(a), static_cast<const Stored<T>*>(b),
                      static_cast<Stored<typename Kernel::Result>*>(y), operands},
               blocksFor(queue, operands.count, Kernel::kThreads));
        return true;
    } else {
        return false;
    }
}

}  // namespace

bool binary(const Queue& queue, runtime::BinaryFunction function, DType type, const void* a,
            const void* b, void* y, const Strided<2>& operands) {
    return runtime::visitBinary(function, [&](auto functor) {
        switch (type) {
            case DType::Float32:
                return launchBinary<float>(queue, functor, a, b, y, operands);
            case DType::Int32:
                return launchBinary<int32_t>(queue, functor, a, b, y, operands);
            case DType::Int64:
                return launchBinary<int64_t>(queue, functor, a, b, y, operands);
            case DType::Bool:
                return launchBinary<bool>(queue, functor, a, b, y, operands);
            default:
                return false;
        }
    });
}

}  // namespace clipscope::gpu
