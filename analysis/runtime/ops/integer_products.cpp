// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/integer_products.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/simd.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/integer_sums.h"
#include "analysis/runtime/ops/quantize.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

/// A value for each neighbouring element of the sums: all of them where `given` has one.
template <typename T>
std::vector<T> perColumn(std::vector<T> given, int64_t columns, const char* what) {
    if (given.size() == 1)
        given.resize(static_cast<size_t>(columns), given[0]);
    if (std::ssize(given) != columns)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} {} do not fit {} columns", given.size(), what, columns));
    return given;
}

/// The sums in memory order, a row of `columns` neighbours at a time, to elements of type T:
/// convert(sums, offsets, y, columns) for each row.
template <typename T, typename Convert>
Tensor convertedRows(const IntegerSums& sums, DType type, const Convert& convert) {
    const Tensor lying = sums.values.inMemoryOrder();
    const int64_t columns = lying.rank() == 0 ? 1 : lying.shape()[lying.rank() - 1];
    const std::vector<int32_t> offsets = perColumn(
        sums.offsets.empty() ? std::vector<int32_t>{0} : sums.offsets, columns, "offsets");
    Tensor y(type, lying.shape());
    const int32_t* from = lying.values<int32_t>().data();
    auto* to = reinterpret_cast<T*>(y.mutableBytes());
    const int64_t rows = columns == 0 ? 0 : lying.elementCount() / columns;
    parallelFor(rows, 1 + kGrain / std::max<int64_t>(1, columns),
                [&](int64_t begin, int64_t end, int) {
                    for (int64_t row = begin; row < end; ++row)
                        convert(from + row * columns, offsets.data(), to + row * columns, columns);
                });
    return sums.values.layout() == Layout::ChannelsLast ? y.asChannelsLast() : y;
}

/// As int32 wraps.
CLIPSCOPE_INLINE int32_t sumOf(int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

CLIPSCOPE_VECTORIZED void addOffsets(const int32_t* x, const int32_t* offsets, int32_t* y,
                                     int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = sumOf(x[i], offsets[i]);
}

CLIPSCOPE_VECTORIZED void scaleRow(const int32_t* x, const int32_t* offsets, const float* scales,
                                   float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = static_cast<float>(sumOf(x[i], offsets[i])) * scales[i];
}

/// int8 as its bits.
CLIPSCOPE_INLINE void quantizeAll(const int32_t* x, const int32_t* offsets, const float* scales,
                                  float zero, float low, uint8_t* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        const float value = static_cast<float>(sumOf(x[i], offsets[i])) * scales[i];
        const float rounded = std::rint(value) + zero;
        const float raised = rounded > low ? rounded : low;
        const float bounded = raised < low + 255 ? raised : low + 255;
        y[i] = static_cast<uint8_t>(static_cast<int32_t>(bounded));
    }
}

CLIPSCOPE_AVX512 void quantizeAvx512(const int32_t* x, const int32_t* offsets, const float* scales,
                                     float zero, float low, uint8_t* y, int64_t count) {
    quantizeAll(x, offsets, scales, zero, low, y, count);
}

CLIPSCOPE_AVX2 void quantizeAvx2(const int32_t* x, const int32_t* offsets, const float* scales,
                                 float zero, float low, uint8_t* y, int64_t count) {
    quantizeAll(x, offsets, scales, zero, low, y, count);
}

int64_t columnsOf(const IntegerSums& sums) {
    const Shape shape = sums.values.inMemoryOrder().shape();
    return shape.rank() == 0 ? 1 : shape[shape.rank() - 1];
}

/// Adds input `i`, one for each column, in steps of both operands' scales.
void addBias(const OpContext& context, size_t i, IntegerSums& sums) {
    const Tensor* bias = context.optionalInput(i);
    if (!bias)
        return;
    const int64_t columns = columnsOf(sums);
    const Tensor wide = convertedOnHost(*bias, DType::Int32);
    const auto given = wide.values<int32_t>();
    const std::vector<int32_t> added = perColumn(std::vector<int32_t>(given.begin(), given.end()),
                                                 columns, "elements of the bias");
    sums.offsets = perColumn(sums.offsets.empty() ? std::vector<int32_t>{0} : sums.offsets, columns,
                             "offsets");
    for (size_t c = 0; c < added.size(); ++c)
        sums.offsets[c] = sumOf(sums.offsets[c], added[c]);
}

/// Output 0: the sums with their offsets.
void setIntegers(OpContext& context, const IntegerSums& sums) {
    const Tensor y = convertedRows<int32_t>(sums, DType::Int32, addOffsets);
    context.setOutput(0, context.device().fromHost(y));
}

Tensor scaled(const IntegerSums& sums, const std::vector<float>& scales) {
    const std::vector<float> own = perColumn(scales, columnsOf(sums), "scales");
    return convertedRows<float>(sums, DType::Float32,
                                [&](const int32_t* x, const int32_t* offsets, float* y,
                                    int64_t count) { scaleRow(x, offsets, own.data(), y, count); });
}

float singleOf(const Tensor& tensor, const char* what) {
    if (tensor.elementCount() != 1)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("{} for each row is not supported: {}", what, tensor.toString()));
    return convertedOnHost(tensor, DType::Float32).values<float>()[0];
}

/// Output 0: round(sum * scale), computed in float32 as ONNX Runtime does, + zero point, saturated.
void setQuantized(OpContext& context, const IntegerSums& sums, const std::vector<float>& scales,
                  const Tensor& zeroPoint) {
    const DType type = zeroPoint.type();
    if (type != DType::Int8 && type != DType::UInt8)
        throw Error(ErrorCode::Unsupported, "cannot quantize to " + zeroPoint.toString());
    const float zero = singleOf(zeroPoint, "a zero point of the output");
    const float low = type == DType::Int8 ? -128 : 0;
    const std::vector<float> own = perColumn(scales, columnsOf(sums), "scales");
    const auto quantize = hasAvx512() ? quantizeAvx512 : hasAvx2() ? quantizeAvx2 : quantizeAll;
    const Tensor y = convertedRows<uint8_t>(
        sums, type, [&](const int32_t* x, const int32_t* offsets, uint8_t* to, int64_t count) {
            quantize(x, offsets, own.data(), zero, low, to, count);
        });
    context.setOutput(0, context.device().fromHost(y));
}

/// Scales of a product's two factors and (unless it is null) of its result as one factor each.
std::vector<float> joinedScales(const Tensor& a, const Tensor& b, const Tensor* y) {
    const float left = singleOf(a, "a scale of the input");
    const float result = y ? singleOf(*y, "a scale of the output") : 1;
    const Tensor wide = convertedOnHost(b, DType::Float32);
    std::vector<float> scales(wide.values<float>().begin(), wide.values<float>().end());
    for (float& scale : scales)
        scale = left * scale / result;
    return scales;
}

/// Output 0: the sums scaled, plus the bias of input `bias`; float32.
void setScaled(OpContext& context, const IntegerSums& sums, const std::vector<float>& scales,
               size_t bias) {
    Device& device = context.device();
    Tensor y = device.fromHost(scaled(sums, scales));
    if (const Tensor* added = context.optionalInput(bias)) {
        if (broadcast(y.shape(), added->shape()) != y.shape())
            throw Error(ErrorCode::BadInput, fmt::format("the bias {} does not fit {}",
                                                         added->toString(), y.toString()));
        Tensor sum = device.allocate(y.type(), y.shape());
        device.binary(BinaryFunction::Add, y, device.fromHost(*added), sum);
        y = sum;
    }
    context.setOutput(0, y);
}

}  // namespace

void runConvInteger(OpContext& context) {
    setIntegers(context, convolvedIntegers(context, {context, 0, 2}, {context, 1, 3}));
}

void runMatMulInteger(OpContext& context) {
    setIntegers(context, multipliedIntegers(context, {context, 0, 2}, {context, 1, 3}));
}

void runQLinearConv(OpContext& context) {
    IntegerSums sums = convolvedIntegers(context, {context, 0, 2}, {context, 3, 5});
    addBias(context, 8, sums);
    setQuantized(context, sums, joinedScales(context.input(1), context.input(4), &context.input(6)),
                 context.input(7));
}

void runQLinearMatMul(OpContext& context) {
    setQuantized(context, multipliedIntegers(context, {context, 0, 2}, {context, 3, 5}),
                 joinedScales(context.input(1), context.input(4), &context.input(6)),
                 context.input(7));
}

/// Inputs a, its scale and zero point, b, likewise, a bias in steps of both scales, and the scale
/// and zero point of the result, which is float32 without them.
void runQGemm(OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    IntegerSums sums = multipliedIntegers(context, {context, 0, 2}, {context, 3, 5},
                                          attributes.getInt("transA", 0) != 0,
                                          attributes.getInt("transB", 0) != 0);
    addBias(context, 6, sums);
    std::vector<float> scales =
        joinedScales(context.input(1), context.input(4), context.optionalInput(7));
    for (float& scale : scales)
        scale *= attributes.getFloat("alpha", 1);
    if (context.hasInput(8))
        setQuantized(context, sums, scales, context.input(8));
    else
        context.setOutput(0, context.device().fromHost(scaled(sums, scales)));
}

/// Inputs a, b, their scales, their zero points, a bias; the result is float32.
void runMatMulIntegerToFloat(OpContext& context) {
    setScaled(context, multipliedIntegers(context, {context, 0, 4}, {context, 1, 5}),
              joinedScales(context.input(2), context.input(3), nullptr), 6);
}

/// Inputs a (float32), b, its scale and zero point, a bias.
void runDynamicQuantizeMatMul(OpContext& context) {
    const Quantized a = dynamicallyQuantized(context.input(0));
    setScaled(context, multipliedIntegers(context, {a.values, &a.zeroPoint}, {context, 1, 3}),
              joinedScales(a.scale, context.input(2), nullptr), 4);
}

}  // namespace clipscope::runtime
