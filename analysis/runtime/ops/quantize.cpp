// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/quantize.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/granularity.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/tensor/narrow.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

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

/// By scale, on the device.
struct Scales {
    Tensor scales;      ///< float32
    Tensor zeroPoints;  ///< float32, one for each scale; zeros where there are none
};

Scales scalesOf(Device& device, const Tensor& scale, const Tensor* zeroPoint) {
    if (zeroPoint && zeroPoint->elementCount() != scale.elementCount())
        throw Error(ErrorCode::BadInput, fmt::format("zero points {} do not fit scales {}",
                                                     zeroPoint->toString(), scale.toString()));
    Scales made{converted(device, scale, DType::Float32), {}};
    if (zeroPoint) {
        made.zeroPoints = converted(device, *zeroPoint, DType::Float32);
    } else {
        made.zeroPoints = device.allocate(DType::Float32, scale.shape());
        device.fill(Tensor::scalar(0.0f), made.zeroPoints);
    }
    return made;
}

/// Kept where they are the same in every run.
Scales scalesOf(OpContext& context) {
    if (!context.isConstant(1) || (context.hasInput(2) && !context.isConstant(2)))
        return scalesOf(context.device(), context.input(1), context.optionalInput(2));
    auto& kept = keptState<Scales>(context.state());
    if (!kept.scales.isDefined())
        kept = scalesOf(context.device(), context.input(1), context.optionalInput(2));
    return kept;
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

/// x / scale, rounded and shifted where y is an integer, for types of fewer than 8 bits and the
/// floats of 8; on the host.
Tensor quantizedNarrow(const Tensor& x, const Scales& by, const Granularity& granularity,
                       DType type, const NarrowRounding& rounding) {
    Tensor y(DType::Float32, x.shape());
    const float* from = x.values<float>().data();
    const float* scale = by.scales.values<float>().data();
    const float* zero = by.zeroPoints.values<float>().data();
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

bool isWide(DType type) {
    return type == DType::Int8 || type == DType::UInt8 || type == DType::Int16 ||
           type == DType::UInt16;
}

/// float32 x as `type`, a wide one.
Tensor quantizedWide(Device& device, const Tensor& x, const Scales& by,
                     const Granularity& granularity, DType type) {
    Tensor y = device.allocate(type, x.shape());
    device.quantize(granularity, x, by.scales, by.zeroPoints, y);
    return y;
}

Tensor dequantized(Device& device, const Tensor& x, const Scales& by,
                   const Granularity& granularity) {
    const bool isTaken = isWide(x.type()) || x.type() == DType::Int32;
    const Tensor from = isTaken ? x : converted(device, x, DType::Float32);
    Tensor y = device.allocate(DType::Float32, x.shape());
    device.dequantize(granularity, from, by.scales, by.zeroPoints, y);
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
    Device& device = context.device();
    const DType type = quantizedType(context);
    bool relabel = false;
    const Tensor x = arranged(context, context.input(0), relabel);
    const Granularity granularity = granularityOf(context, x.shape());
    const Scales by = scalesOf(context);
    Tensor y;
    if (isWide(type)) {
        y = quantizedWide(device, converted(device, x, DType::Float32), by, granularity, type);
    } else {
        const HostWorkScope scope(&device);
        NarrowRounding rounding;
        rounding.saturate = context.attributes().getInt("saturate", 1) != 0;
        y = device.fromHost(quantizedNarrow(
            convertedOnHost(device.toHost(x), DType::Float32),
            {device.toHost(by.scales), device.toHost(by.zeroPoints)}, granularity, type, rounding));
    }
    context.setOutput(0, relabel ? y.asChannelsLast() : y);
}

void runDequantizeLinear(OpContext& context) {
    Device& device = context.device();
    const int64_t given = context.attributes().getInt("output_dtype", 0);
    const DType type = given == 0 ? context.input(1).type() : static_cast<DType>(given);
    bool relabel = false;
    const Tensor x = arranged(context, context.input(0), relabel);
    const Granularity granularity = granularityOf(context, x.shape());
    const Tensor y =
        converted(device, dequantized(device, x, scalesOf(context), granularity), type);
    context.setOutput(0, relabel ? y.asChannelsLast() : y);
}

void runDynamicQuantizeLinear(OpContext& context) {
    const QuantizedTensor y = dynamicallyQuantized(context, 0);
    context.setOutput(0, y.values);
    context.setOutput(1, y.scale);
    context.setOutput(2, y.zeroPoint);
}

QuantizedTensor dynamicallyQuantized(OpContext& context, size_t i) {
    const Tensor& x = context.input(i);
    if (x.type() != DType::Float32)
        throw Error(ErrorCode::Unsupported, x.toString() + " cannot be quantized, only float32");
    return context.device().quantizeDynamically(x);
}

Tensor dequantized(Device& device, const Tensor& x, const Tensor& scale, const Tensor* zeroPoint,
                   int64_t axis) {
    return dequantized(device, x, scalesOf(device, scale, zeroPoint),
                       granularityOf(x.shape(), scale.shape(), axis));
}

Tensor quantizedTo(Device& device, DType type, const Tensor& x, const Tensor& scale,
                   const Tensor* zeroPoint) {
    if (!isWide(type))
        throw Error(ErrorCode::Unsupported,
                    fmt::format("a result of {} is not supported", name(type)));
    return quantizedWide(device, x, scalesOf(device, scale, zeroPoint),
                         granularityOf(x.shape(), scale.shape(), 1), type);
}

}  // namespace clipscope::runtime
