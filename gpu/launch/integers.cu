// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "gpu/launch.h"
#include "gpu/launch/integers.h"

namespace clipscope::gpu {
namespace {

template <typename Right>
void launchProduct(const Queue& queue, const IntegerProductKernel<Right>& kernel) {
    using Kernel = IntegerProductKernel<Right>;
    launch(queue, kernel, blocksFor(queue, kernel.tiles() * Kernel::kThreads, Kernel::kThreads, 1),
           Kernel::kSharedBytes);
}

template <typename To>
void launchConversion(const Queue& queue, void* y, const ConvertSumsKernel<int32_t>& form) {
    using Kernel = ConvertSumsKernel<To>;
    launch(queue,
           Kernel{form.sums, form.offsets, form.scales, form.zero, static_cast<To*>(y), form.count,
                  form.columns},
           blocksFor(queue, form.count, Kernel::kThreads));
}

template <typename T>
void launchSum(const Queue& queue, const runtime::QuantizedSum& sum, const void* a, const void* b,
               void* y, int64_t count) {
    using Kernel = AddQuantizedKernel<T>;
    launch(
        queue,
        Kernel{sum, static_cast<const T*>(a), static_cast<const T*>(b), static_cast<T*>(y), count},
        blocksFor(queue, count, Kernel::kThreads));
}

}  // namespace

void multiply(const Queue& queue, const IntegerProductKernel<ByteLines>& kernel) {
    launchProduct(queue, kernel);
}

void multiply(const Queue& queue, const IntegerProductKernel<Patches>& kernel) {
    launchProduct(queue, kernel);
}

void convertSums(const Queue& queue, DType type, void* y, const ConvertSumsKernel<int32_t>& form) {
    if (type == DType::Int32)
        launchConversion<int32_t>(queue, y, form);
    else if (type == DType::Float32)
        launchConversion<float>(queue, y, form);
    else if (type == DType::Int8)
        launchConversion<int8_t>(queue, y, form);
    else
        launchConversion<uint8_t>(queue, y, form);
}

void lookUp(const Queue& queue, const LookUpKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.count, LookUpKernel::kThreads));
}

void addQuantized(const Queue& queue, DType type, const runtime::QuantizedSum& sum, const void* a,
                  const void* b, void* y, int64_t count) {
    if (type == DType::Int8)
        launchSum<int8_t>(queue, sum, a, b, y, count);
    else
        launchSum<uint8_t>(queue, sum, a, b, y, count);
}

int64_t rangesFor(const Queue& queue, int64_t count) {
    // One warp reads them all.
    return std::min<int64_t>(blocksFor(queue, count, RangeKernel::kThreads),
                             static_cast<int64_t>(queue.multiprocessors) * 4);
}

void dynamicScale(const Queue& queue, const float* x, int64_t count, RangeWithZero* ranges,
                  float* scale, float* zero, uint8_t* zeroPoint) {
    const int64_t blocks = rangesFor(queue, count);
    launch(queue, RangeKernel{x, count, ranges}, blocks, RangeKernel::kSharedBytes);
    launch(queue, DynamicScaleKernel{ranges, blocks, scale, zero, zeroPoint}, 1);
}

}  // namespace clipscope::gpu
