// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/tensor/narrow.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

/// Which scale holds for an element: x seen as outer x extent x inner, a scale for each index of
/// the middle axis, or (block > 0) for each block along it, at every outer and inner index.
struct Granularity {
    int64_t extent = 1;
    int64_t inner = 1;
    int64_t block = 0;
    int64_t blocks = 1;

    /// body(first, last, scale): the elements within [begin, end) in runs under one scale.
    template <typename Body>
    void forEachRun(int64_t begin, int64_t end, Body&& body) const {
        while (begin < end) {
            const int64_t last = std::min(end, (begin / inner + 1) * inner);
            const int64_t i = begin / inner % extent;
            if (block == 0) {
                body(begin, last, i);
            } else {
                const int64_t scales = (begin / inner / extent * blocks + i / block) * inner;
                for (int64_t k = begin; k < last; ++k)
                    body(k, k + 1, scales + k % inner);
            }
            begin = last;
        }
    }
};

Granularity granularityOf(const Shape& x, const Shape& scale, int64_t declaredAxis,
                          int64_t block = 0) {
    if (scale.elementCount() == 1)
        return {.inner = std::max<int64_t>(1, x.elementCount())};
    const size_t axis = normalizeAxis(declaredAxis, x.rank());
    Granularity granularity{
        .extent = x[axis], .inner = x.elementCount(axis + 1, x.rank()), .block = block};
    Shape expected{x[axis]};
    if (granularity.block > 0) {
        granularity.blocks = x[axis] / granularity.block + (x[axis] % granularity.block != 0);
        expected = x;
        expected[axis] = granularity.blocks;
    }
    if (scale != expected || granularity.block < 0)
        throw Error(ErrorCode::BadInput, fmt::format("scales {} do not fit {} along axis {}",
                                                     scale.toString(), x.toString(), axis));
    return granularity;
}

Granularity granularityOf(const OpContext& context) {
    return granularityOf(context.input(0).shape(), context.input(1).shape(),
                         context.attributes().getInt("axis", 1),
                         context.attributes().getInt("block_size", 0));
}

/// One zero point for each scale, as float32; zeros where there is none.
Tensor zeroPointsOf(const Tensor& scale, const Tensor* given) {
    if (given && given->elementCount() != scale.elementCount())
        throw Error(ErrorCode::BadInput, fmt::format("zero points {} do not fit scales {}",
                                                     given->toString(), scale.toString()));
    if (given)
        return convertedOnHost(*given, DType::Float32);
    Tensor zeros(DType::Float32, scale.shape());
    std::ranges::fill(zeros.mutableValues<float>(), 0.0f);
    return zeros;
}

struct IntegerRange {
    float low;
    float high;
};

IntegerRange rangeOf(DType type) {
    if (isNarrowInteger(type)) {
        const int levels = 1 << packedBits(type);
        const bool isSigned = type == DType::Int4 || type == DType::Int2;
        const int low = isSigned ? -levels / 2 : 0;
        return {static_cast<float>(low), static_cast<float>(low + levels - 1)};
    }
    IntegerRange range{0, 0};
    visitElementType(type, [&]<typename T>() {
        if constexpr (std::is_integral_v<T> && sizeof(T) <= 2)
            range = {static_cast<float>(std::numeric_limits<T>::min()),
                     static_cast<float>(std::numeric_limits<T>::max())};
    });
    if (range.high == 0)
        throw Error(ErrorCode::Unsupported, fmt::format("cannot quantize to {}", name(type)));
    return range;
}

bool isNarrowFloat(DType type) {
    return isNarrow(type) && !isNarrowInteger(type);
}

template <typename T>
CLIPSCOPE_INLINE void dequantizeAll(const T* x, float zero, float scale, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = static_cast<float>(x[i] - static_cast<T>(zero)) * scale;
}

CLIPSCOPE_VECTORIZED void dequantizeRun(const float* x, float zero, float scale, float* y,
                                        int64_t count) {
    dequantizeAll(x, zero, scale, y, count);
}

CLIPSCOPE_VECTORIZED void dequantizeRun(const double* x, float zero, float scale, float* y,
                                        int64_t count) {
    dequantizeAll(x, zero, scale, y, count);
}

template <typename T>
Tensor dequantizedFrom(const Tensor& x, const Tensor& scales, const Tensor& zeroPoints,
                       const Granularity& granularity) {
    Tensor y(DType::Float32, x.shape());
    const T* from = x.values<T>().data();
    const float* scale = scales.values<float>().data();
    const float* zero = zeroPoints.values<float>().data();
    float* to = y.mutableValues<float>().data();
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        granularity.forEachRun(begin, end, [&](int64_t first, int64_t last, int64_t s) {
            dequantizeRun(from + first, zero[s], scale[s], to + first, last - first);
        });
    });
    return y;
}

Tensor dequantized(const Tensor& x, const Tensor& scales, const Tensor& zeroPoints,
                   const Granularity& granularity) {
    // int32 is what sums of products have: float32 would not hold all of it.
    if (x.type() == DType::Int32)
        return dequantizedFrom<double>(convertedOnHost(x, DType::Float64), scales, zeroPoints,
                                       granularity);
    return dequantizedFrom<float>(convertedOnHost(x, DType::Float32), scales, zeroPoints,
                                  granularity);
}

CLIPSCOPE_VECTORIZED void quantizeRun(const float* x, float zero, float scale, IntegerRange range,
                                      float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = std::clamp(std::rint(x[i] / scale) + zero, range.low, range.high);
}

/// x / scale, rounded and shifted where y is an integer; as float32.
Tensor quantized(const Tensor& x, const Tensor& scales, const Tensor& zeroPoints,
                 const Granularity& granularity, DType type) {
    Tensor y(DType::Float32, x.shape());
    const float* from = x.values<float>().data();
    const float* scale = scales.values<float>().data();
    const float* zero = zeroPoints.values<float>().data();
    float* to = y.mutableValues<float>().data();
    const bool asFloat = isNarrowFloat(type);
    const IntegerRange range = asFloat ? IntegerRange{} : rangeOf(type);
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        granularity.forEachRun(begin, end, [&](int64_t first, int64_t last, int64_t s) {
            if (!asFloat)
                return quantizeRun(from + first, zero[s], scale[s], range, to + first,
                                   last - first);
            for (int64_t i = first; i < last; ++i)
                to[i] = from[i] / scale[s] + zero[s];
        });
    });
    return y;
}

DType quantizedType(const OpContext& context) {
    if (const Tensor* zeroPoint = context.optionalInput(2))
        return zeroPoint->type();
    const int64_t given = context.attributes().getInt("output_dtype", 0);
    return given == 0 ? DType::UInt8 : static_cast<DType>(given);
}

}  // namespace

void runQuantizeLinear(OpContext& context) {
    Device& device = context.device();
    const DType type = quantizedType(context);
    const Tensor y = quantized(convertedOnHost(context.input(0), DType::Float32),
                               convertedOnHost(context.input(1), DType::Float32),
                               zeroPointsOf(context.input(1), context.optionalInput(2)),
                               granularityOf(context), type);
    NarrowRounding rounding;
    rounding.saturate = context.attributes().getInt("saturate", 1) != 0;
    context.setOutput(0, device.fromHost(isNarrow(type) ? toNarrow(type, y, rounding)
                                                        : convertedOnHost(y, type)));
}

void runDequantizeLinear(OpContext& context) {
    Device& device = context.device();
    const int64_t given = context.attributes().getInt("output_dtype", 0);
    const DType type = given == 0 ? context.input(1).type() : static_cast<DType>(given);
    const Tensor scales = convertedOnHost(context.input(1), DType::Float32);
    const Tensor y = dequantized(context.input(0), scales,
                                 zeroPointsOf(context.input(1), context.optionalInput(2)),
                                 granularityOf(context));
    context.setOutput(0, device.fromHost(convertedOnHost(y, type)));
}

void runDynamicQuantizeLinear(OpContext& context) {
    Device& device = context.device();
    const Quantized y = dynamicallyQuantized(context.input(0));
    context.setOutput(0, device.fromHost(y.values));
    context.setOutput(1, device.fromHost(y.scale));
    context.setOutput(2, device.fromHost(y.zeroPoint));
}

Tensor dequantized(const Tensor& x, const Tensor& scale, const Tensor* zeroPoint, int64_t axis) {
    return dequantized(x, convertedOnHost(scale, DType::Float32), zeroPointsOf(scale, zeroPoint),
                       granularityOf(x.shape(), scale.shape(), axis));
}

Tensor quantizedTo(DType type, const Tensor& x, const Tensor& scale, const Tensor* zeroPoint) {
    return convertedOnHost(quantized(x, scale, zeroPointsOf(scale, zeroPoint),
                                     granularityOf(x.shape(), scale.shape(), 1), type),
                           type);
}

Quantized dynamicallyQuantized(const Tensor& x) {
    float low = 0;
    float high = 0;
    for (const float value : x.values<float>()) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
    const float scale = high == low ? 1.0f : (high - low) / 255.0f;
    const float zero = std::rint(std::clamp(-low / scale, 0.0f, 255.0f));
    Quantized y;
    y.scale = Tensor::scalar(scale);
    y.zeroPoint = Tensor::scalar(static_cast<uint8_t>(zero));
    y.values = quantizedTo(DType::UInt8, x, y.scale, &y.zeroPoint);
    return y;
}

}  // namespace clipscope::runtime
