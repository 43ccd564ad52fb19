// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/cast.h"
#include "gpu/launch.h"
#include "gpu/launch/elementwise.h"
#include "gpu/launch/sizes.h"

namespace clipscope::gpu {
namespace {

/// visitor(T()) with the type of the elements; false for those that few models cast.
template <typename Visitor>
bool visitCastType(DType type, Visitor&& visitor) {
    switch (type) {
        case DType::Float32:
            return visitor(float());
        case DType::Float64:
            return visitor(double());
        case DType::Float16:
            return visitor(Half());
        case DType::BFloat16:
            return visitor(BFloat16());
        case DType::Int8:
            return visitor(int8_t());
        case DType::UInt8:
            return visitor(uint8_t());
        case DType::Int32:
            return visitor(int32_t());
        case DType::Int64:
            return visitor(int64_t());
        case DType::Bool:
            return visitor(bool());
        default:
            return false;
    }
}

}  // namespace

bool cast(const Queue& queue, DType from, const void* x, DType to, void* y, int64_t count) {
    return visitCastType(from, [&](auto source) {
        return visitCastType(to, [&](auto target) {
            using From = decltype(source);
            using To = decltype(target);
            launch(queue,
                   CastKernel<From, To>{static_cast<const Stored<From>*>(x),
                                        static_cast<Stored<To>*>(y), count},
                   blocksFor(queue, count, CastKernel<From, To>::kThreads));
            return true;
        });
    });
}

void where(const Queue& queue, size_t elementSize, const uint8_t* condition, const void* a,
           const void* b, void* y, const Strided<3>& operands) {
    visitSize(elementSize, [&](auto unit) {
        using U = decltype(unit);
        launch(queue,
               WhereKernel<U>{condition, static_cast<const U*>(a), static_cast<const U*>(b),
                              static_cast<U*>(y), operands},
               blocksFor(queue, operands.count, WhereKernel<U>::kThreads));
    });
}

}  // namespace clipscope::gpu
