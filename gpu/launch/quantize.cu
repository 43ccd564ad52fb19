// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/quantize.h"
#include "gpu/launch.h"
#include "gpu/launch/quantize.h"

namespace clipscope::gpu {
namespace {

/// visitor(T()) with the type of integers; false for others.
template <typename Visitor>
bool visitInteger(DType type, Visitor&& visitor) {
    switch (type) {
        case DType::Int8:
            return visitor(int8_t());
        case DType::UInt8:
            return visitor(uint8_t());
        case DType::Int16:
            return visitor(int16_t());
        case DType::UInt16:
            return visitor(uint16_t());
        default:
            return false;
    }
}

}  // namespace

bool quantize(const Queue& queue, DType from, const void* x, DType to, void* y, int64_t count,
              const runtime::Granularity& granularity, const float* scales,
              const float* zeroPoints) {
    const auto run = [&](auto source, auto target) {
        using Kernel = QuantizeKernel<decltype(source), decltype(target)>;
        launch(
            queue,
            Kernel{static_cast<const decltype(source)*>(x), scales, zeroPoints,
                   static_cast<decltype(target)*>(y), count, granularity, granularity.isUniform()},
            blocksFor(queue, count, Kernel::kThreads));
        return true;
    };
    if (to != DType::Float32)
        return from == DType::Float32 &&
               visitInteger(to, [&](auto target) { return run(float(), target); });
    if (from == DType::Float32)
        return run(float(), float());
    if (from == DType::Int32)
        return run(int32_t(), float());
    return visitInteger(from, [&](auto source) { return run(source, float()); });
}

}  // namespace clipscope::gpu
