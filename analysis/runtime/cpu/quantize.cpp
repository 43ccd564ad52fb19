// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/functors/quantize.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/quantize_runs.h"
#include "analysis/runtime/cpu/simd.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/granularity.h"
#include "analysis/runtime/integer_sums.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

[[noreturn]] void refuse(DType type) {
    throw Error(ErrorCode::Unsupported,
                fmt::format("no kernel quantizes {}", clipscope::name(type)));
}

template <typename T>
CLIPSCOPE_INLINE void addAll(const QuantizedSum& sum, const T* a, const T* b, T* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = functors::addedQuantized(sum, a[i], b[i]);
}

template <typename T>
void addPlain(const QuantizedSum& sum, const T* a, const T* b, T* y, int64_t count) {
    addAll(sum, a, b, y, count);
}

template <typename T>
CLIPSCOPE_AVX512 void addAvx512(const QuantizedSum& sum, const T* a, const T* b, T* y,
                                int64_t count) {
    addAll(sum, a, b, y, count);
}

template <typename T>
CLIPSCOPE_AVX2 void addAvx2(const QuantizedSum& sum, const T* a, const T* b, T* y, int64_t count) {
    addAll(sum, a, b, y, count);
}

template <typename T>
void addAs(const QuantizedSum& sum, const Tensor& a, const Tensor& b, Tensor& y) {
    const T* left = a.values<T>().data();
    const T* right = b.values<T>().data();
    T* to = y.mutableValues<T>().data();
    const auto add = hasAvx512() ? addAvx512<T> : hasAvx2() ? addAvx2<T> : addPlain<T>;
    parallelFor(a.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        add(sum, left + begin, right + begin, to + begin, end - begin);
    });
}

}  // namespace

void CpuDevice::quantize(const Granularity& granularity, const Tensor& x, const Tensor& scales,
                         const Tensor& zeroPoints, Tensor& y) {
    const QuantizeRun run = quantizeRunOf(y.type());
    if (!run)
        refuse(y.type());
    const float* from = x.values<float>().data();
    const float* scale = scales.values<float>().data();
    const float* zero = zeroPoints.values<float>().data();
    std::byte* to = y.mutableBytes();
    const auto size = static_cast<int64_t>(elementSize(y.type()));
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        granularity.forEachRun(begin, end, [&](int64_t first, int64_t last, int64_t s) {
            run(from + first, zero[s], scale[s], to + first * size, last - first);
        });
    });
}

void CpuDevice::dequantize(const Granularity& granularity, const Tensor& x, const Tensor& scales,
                           const Tensor& zeroPoints, Tensor& y) {
    const DequantizeRun run = dequantizeRunOf(x.type());
    if (!run)
        refuse(x.type());
    const std::byte* from = x.bytes();
    const float* scale = scales.values<float>().data();
    const float* zero = zeroPoints.values<float>().data();
    float* to = y.mutableValues<float>().data();
    const auto size = static_cast<int64_t>(elementSize(x.type()));
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        granularity.forEachRun(begin, end, [&](int64_t first, int64_t last, int64_t s) {
            run(from + first * size, zero[s], scale[s], to + first, last - first);
        });
    });
}

QuantizedTensor CpuDevice::quantizeDynamically(const Tensor& x) {
    const auto [low, high] = rangeWithZero(x.values<float>().data(), x.elementCount());
    const auto [scale, zero] = functors::dynamicScale(low, high);
    QuantizedTensor y{Tensor(DType::UInt8, x.shape()), Tensor::scalar(scale),
                      Tensor::scalar(static_cast<uint8_t>(zero))};
    quantize({.inner = std::max<int64_t>(1, x.elementCount())}, x, y.scale, Tensor::scalar(zero),
             y.values);
    return y;
}

void CpuDevice::lookUp(const Tensor& x, const Tensor& table, Tensor& y) {
    const auto* from = reinterpret_cast<const uint8_t*>(x.bytes());
    const std::byte* values = table.bytes();
    std::byte* to = y.mutableBytes();
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i)
            to[i] = values[from[i]];
    });
}

void CpuDevice::addQuantized(const QuantizedSum& sum, const Tensor& a, const Tensor& b, Tensor& y) {
    if (y.type() == DType::Int8)
        addAs<int8_t>(sum, a, b, y);
    else
        addAs<uint8_t>(sum, a, b, y);
}

}  // namespace clipscope::runtime
