// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/quantize_runs.h"

#include <algorithm>
#include <mutex>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/simd.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/functors/quantize.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

template <typename T>
CLIPSCOPE_INLINE void quantizeAll(const float* x, float zero, float scale, std::byte* y,
                                  int64_t count) {
    auto* to = reinterpret_cast<T*>(y);
    for (int64_t i = 0; i < count; ++i)
        to[i] = functors::quantized<T>(x[i], zero, scale);
}

template <typename T>
CLIPSCOPE_INLINE void dequantizeAll(const std::byte* x, float zero, float scale, float* y,
                                    int64_t count) {
    const auto* from = reinterpret_cast<const T*>(x);
    for (int64_t i = 0; i < count; ++i)
        y[i] = functors::dequantized(from[i], zero, scale);
}

template <typename T>
CLIPSCOPE_AVX512 void quantizeAvx512(const float* x, float zero, float scale, std::byte* y,
                                     int64_t count) {
    quantizeAll<T>(x, zero, scale, y, count);
}

template <typename T>
CLIPSCOPE_AVX2 void quantizeAvx2(const float* x, float zero, float scale, std::byte* y,
                                 int64_t count) {
    quantizeAll<T>(x, zero, scale, y, count);
}

template <typename T>
void quantizePlain(const float* x, float zero, float scale, std::byte* y, int64_t count) {
    quantizeAll<T>(x, zero, scale, y, count);
}

template <typename T>
CLIPSCOPE_AVX512 void dequantizeAvx512(const std::byte* x, float zero, float scale, float* y,
                                       int64_t count) {
    dequantizeAll<T>(x, zero, scale, y, count);
}

template <typename T>
CLIPSCOPE_AVX2 void dequantizeAvx2(const std::byte* x, float zero, float scale, float* y,
                                   int64_t count) {
    dequantizeAll<T>(x, zero, scale, y, count);
}

template <typename T>
void dequantizePlain(const std::byte* x, float zero, float scale, float* y, int64_t count) {
    dequantizeAll<T>(x, zero, scale, y, count);
}

template <typename T>
QuantizeRun quantizeRun() {
    return hasAvx512() ? quantizeAvx512<T> : hasAvx2() ? quantizeAvx2<T> : quantizePlain<T>;
}

template <typename T>
DequantizeRun dequantizeRun() {
    return hasAvx512() ? dequantizeAvx512<T> : hasAvx2() ? dequantizeAvx2<T> : dequantizePlain<T>;
}

CLIPSCOPE_VECTORIZED FloatRange rangeOfRun(const float* x, int64_t count) {
    constexpr int64_t kLanes = 32;
    float low[kLanes] = {};
    float high[kLanes] = {};
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (int64_t lane = 0; lane < kLanes; ++lane) {
            low[lane] = x[i + lane] < low[lane] ? x[i + lane] : low[lane];
            high[lane] = x[i + lane] > high[lane] ? x[i + lane] : high[lane];
        }
    FloatRange range;
    for (int64_t lane = 0; lane < kLanes; ++lane)
        range = {std::min(range.low, low[lane]), std::max(range.high, high[lane])};
    for (; i < count; ++i)
        range = {std::min(range.low, x[i]), std::max(range.high, x[i])};
    return range;
}

}  // namespace

QuantizeRun quantizeRunOf(DType type) {
    switch (type) {
        case DType::Int8:
            return quantizeRun<int8_t>();
        case DType::UInt8:
            return quantizeRun<uint8_t>();
        case DType::Int16:
            return quantizeRun<int16_t>();
        case DType::UInt16:
            return quantizeRun<uint16_t>();
        default:
            return nullptr;
    }
}

DequantizeRun dequantizeRunOf(DType type) {
    switch (type) {
        case DType::Int8:
            return dequantizeRun<int8_t>();
        case DType::UInt8:
            return dequantizeRun<uint8_t>();
        case DType::Int16:
            return dequantizeRun<int16_t>();
        case DType::UInt16:
            return dequantizeRun<uint16_t>();
        case DType::Int32:
            return dequantizeRun<int32_t>();
        case DType::Float32:
            return dequantizeRun<float>();
        default:
            return nullptr;
    }
}

FloatRange rangeWithZero(const float* x, int64_t count) {
    FloatRange range;
    std::mutex mutex;
    parallelFor(count, kGrain, [&](int64_t begin, int64_t end, int) {
        const FloatRange own = rangeOfRun(x + begin, end - begin);
        const std::lock_guard lock(mutex);
        range = {std::min(range.low, own.low), std::max(range.high, own.high)};
    });
    return range;
}

}  // namespace clipscope::runtime
