// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/quantize_runs.h"
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

Granularity granularityOf(const OpContext& context, const Shape& x) {
    return granularityOf(x, context.input(1).shape(), context.attributes().getInt("axis", 1),
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
    if (!isNarrowInteger(type))
        throw Error(ErrorCode::Unsupported, fmt::format("cannot quantize to {}", name(type)));
    const int levels = 1 << packedBits(type);
    const bool isSigned = type == DType::Int4 || type == DType::Int2;
    const int low = isSigned ? -levels / 2 : 0;
    return {static_cast<float>(low), static_cast<float>(low + levels - 1)};
}

bool isNarrowFloat(DType type) {
    return isNarrow(type) && !isNarrowInteger(type);
}

/// Of int32, which is what sums of products have: float32 would not hold all of it.
void dequantizeWide(const double* x, float zero, float scale, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = static_cast<float>(x[i] - static_cast<double>(zero)) * scale;
}

void dequantizeFloats(const float* x, float zero, float scale, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = (x[i] - zero) * scale;
}

/// run(first element, zero point, scale, y, count) over all of `x` in runs under one scale.
template <typename T, typename Run>
Tensor dequantizedRuns(const Tensor& x, const Tensor& scales, const Tensor& zeroPoints,
                       const Granularity& granularity, const Run& run) {
    Tensor y(DType::Float32, x.shape());
    const auto* from = reinterpret_cast<const T*>(x.bytes());
    const float* scale = scales.values<float>().data();
    const float* zero = zeroPoints.values<float>().data();
    float* to = y.mutableValues<float>().data();
    const auto size = static_cast<int64_t>(elementSize(x.type()) / sizeof(T));
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        granularity.forEachRun(begin, end, [&](int64_t first, int64_t last, int64_t s) {
            run(from + first * size, zero[s], scale[s], to + first, last - first);
        });
    });
    return y;
}

Tensor dequantized(const Tensor& x, const Tensor& scales, const Tensor& zeroPoints,
                   const Granularity& granularity) {
    if (const DequantizeRun run = dequantizeRunOf(x.type()))
        return dequantizedRuns<std::byte>(x, scales, zeroPoints, granularity, run);
    if (x.type() == DType::Int32)
        return dequantizedRuns<double>(convertedOnHost(x, DType::Float64), scales, zeroPoints,
                                       granularity, dequantizeWide);
    return dequantizedRuns<float>(convertedOnHost(x, DType::Float32), scales, zeroPoints,
                                  granularity, dequantizeFloats);
}

/// x / scale, rounded and shifted where y is an integer, for the types that have no run of their
/// own.
Tensor quantizedNarrow(const Tensor& x, const Tensor& scales, const Tensor& zeroPoints,
                       const Granularity& granularity, DType type, const NarrowRounding& rounding) {
    Tensor y(DType::Float32, x.shape());
    const float* from = x.values<float>().data();
    const float* scale = scales.values<float>().data();
    const float* zero = zeroPoints.values<float>().data();
    float* to = y.mutableValues<float>().data();
    const bool asFloat = isNarrowFloat(type);
    const IntegerRange range = asFloat ? IntegerRange{} : rangeOf(type);
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        granularity.forEachRun(begin, end, [&](int64_t first, int64_t last, int64_t s) {
            for (int64_t i = first; i < last; ++i)
                to[i] = asFloat ? from[i] / scale[s] + zero[s]
                                : std::clamp(std::rint(from[i] / scale[s]) + zero[s], range.low,
                                             range.high);
        });
    });
    return toNarrow(type, y, rounding);
}

/// float32 x as `type`.
Tensor quantized(const Tensor& x, const Tensor& scales, const Tensor& zeroPoints,
                 const Granularity& granularity, DType type, const NarrowRounding& rounding = {}) {
    const QuantizeRun run = quantizeRunOf(type);
    if (!run)
        return quantizedNarrow(x, scales, zeroPoints, granularity, type, rounding);
    Tensor y(type, x.shape());
    const float* from = x.values<float>().data();
    const float* scale = scales.values<float>().data();
    const float* zero = zeroPoints.values<float>().data();
    std::byte* to = y.mutableBytes();
    const auto size = static_cast<int64_t>(elementSize(type));
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        granularity.forEachRun(begin, end, [&](int64_t first, int64_t last, int64_t s) {
            run(from + first, zero[s], scale[s], to + first * size, last - first);
        });
    });
    return y;
}

/// The operand in memory order where the scale is one, which then holds for each element; else
/// row-major. `relabel` tells its result's layout.
Tensor arranged(OpContext& context, const Tensor& x, bool& relabel) {
    relabel = x.layout() == Layout::ChannelsLast && context.input(1).elementCount() == 1 &&
              context.attributes().getInt("block_size", 0) == 0;
    return relabel ? x.inMemoryOrder() : toRowMajor(context.device(), x);
}

DType quantizedType(const OpContext& context) {
    if (const Tensor* zeroPoint = context.optionalInput(2))
        return zeroPoint->type();
    const int64_t given = context.attributes().getInt("output_dtype", 0);
    return given == 0 ? DType::UInt8 : static_cast<DType>(given);
}

}  // namespace

void runQuantizeLinear(OpContext& context) {
    const DType type = quantizedType(context);
    bool relabel = false;
    const Tensor x = arranged(context, context.input(0), relabel);
    NarrowRounding rounding;
    rounding.saturate = context.attributes().getInt("saturate", 1) != 0;
    const Tensor y = quantized(convertedOnHost(x, DType::Float32),
                               convertedOnHost(context.input(1), DType::Float32),
                               zeroPointsOf(context.input(1), context.optionalInput(2)),
                               granularityOf(context, x.shape()), type, rounding);
    context.setOutput(0, context.device().fromHost(relabel ? y.asChannelsLast() : y));
}

void runDequantizeLinear(OpContext& context) {
    const int64_t given = context.attributes().getInt("output_dtype", 0);
    const DType type = given == 0 ? context.input(1).type() : static_cast<DType>(given);
    bool relabel = false;
    const Tensor x = arranged(context, context.input(0), relabel);
    const Tensor scales = convertedOnHost(context.input(1), DType::Float32);
    const Tensor y = convertedOnHost(
        dequantized(x, scales, zeroPointsOf(context.input(1), context.optionalInput(2)),
                    granularityOf(context, x.shape())),
        type);
    context.setOutput(0, context.device().fromHost(relabel ? y.asChannelsLast() : y));
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
    if (isNarrow(type))
        throw Error(ErrorCode::Unsupported,
                    fmt::format("a result of {} is not supported", name(type)));
    return quantized(x, convertedOnHost(scale, DType::Float32), zeroPointsOf(scale, zeroPoint),
                     granularityOf(x.shape(), scale.shape(), 1), type);
}

Quantized dynamicallyQuantized(const Tensor& x) {
    if (x.type() != DType::Float32)
        throw Error(ErrorCode::Unsupported, x.toString() + " cannot be quantized, only float32");
    const auto [low, high] = rangeWithZero(x.values<float>().data(), x.elementCount());
    const float scale = high == low ? 1.0f : (high - low) / 255.0f;
    const float zero = std::rint(std::clamp(-low / scale, 0.0f, 255.0f));
    Quantized y;
    y.scale = Tensor::scalar(scale);
    y.zeroPoint = Tensor::scalar(static_cast<uint8_t>(zero));
    y.values = quantizedTo(DType::UInt8, x, y.scale, &y.zeroPoint);
    return y;
}

}  // namespace clipscope::runtime
