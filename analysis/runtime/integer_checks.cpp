// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/device_checks.h"
#include "analysis/runtime/functors/quantize.h"
#include "analysis/runtime/granularity.h"
#include "analysis/runtime/integer_sums.h"

namespace clipscope::runtime {
namespace {

using Compute = std::function<Tensor(Device&)>;

/// 127 scales, each for neighbours of 15 elements.
constexpr Granularity kByChannel{.extent = 127, .inner = 15};

Tensor positive(const Shape& shape, uint32_t seed) {
    Tensor tensor = normalValues(shape, seed);
    for (float& value : tensor.mutableValues<float>())
        value = 0.01f + std::abs(value) / 16;
    return tensor;
}

Tensor quantized(Device& device) {
    Tensor y = device.allocate(DType::Int8, {13, 127, 15});
    device.quantize(kByChannel, device.fromHost(normalValues({13, 127, 15}, 27)),
                    device.fromHost(positive({127}, 28)),
                    device.fromHost(Tensor::of<float>({127}, std::vector<float>(127, 3))), y);
    return device.toHost(y);
}

Tensor dequantized(Device& device) {
    const Tensor x = randomBytes(DType::UInt8, {13, 127, 15}, 30);
    Tensor y = device.allocate(DType::Float32, x.shape());
    device.dequantize(kByChannel, device.fromHost(x), device.fromHost(positive({127}, 29)),
                      device.fromHost(Tensor::of<float>({127}, std::vector<float>(127, 128))), y);
    return device.toHost(y);
}

/// Row-major, with the offsets that a device leaves to be added.
Tensor plain(Device& device, const IntegerSums& sums) {
    Tensor y = device.allocate(DType::Int32, sums.values.shape());
    y.setLayout(sums.values.layout());
    device.convertSums(sums, nullptr, nullptr, y);
    return device.toHost(toRowMajor(device, y));
}

/// Columns that have zero points of their own, and batches.
Compute multiplied(DType a, DType b, bool transposed) {
    return [=](Device& device) {
        const Tensor left = device.fromHost(randomBytes(a, {3, 77, 131}, 31));
        const Tensor right =
            device.fromHost(randomBytes(b, transposed ? Shape{67, 131} : Shape{131, 67}, 32));
        const Tensor leftZero = randomBytes(a, {1}, 33);
        const Tensor rightZeros = randomBytes(b, {67}, 34);
        NodeState state;
        return plain(device, device.multiplyIntegers({.transposeB = transposed}, {left, &leftZero},
                                                     {right, &rightZeros}, {3, 77, 67}, state));
    };
}

/// Of many matrices; left rows, or right columns, have zero points of their own.
Compute multipliedMany(const Shape& a, const Shape& b, const Shape& y, int64_t leftZeros,
                       int64_t rightZeros) {
    return [=](Device& device) {
        const Tensor left = device.fromHost(randomBytes(DType::UInt8, a, 56));
        const Tensor right = device.fromHost(randomBytes(DType::Int8, b, 57));
        const Tensor leftZero = randomBytes(DType::UInt8, {leftZeros}, 58);
        const Tensor rightZero = randomBytes(DType::Int8, {rightZeros}, 59);
        NodeState state;
        return plain(device,
                     device.multiplyIntegers({}, {left, &leftZero}, {right, &rightZero}, y, state));
    };
}

Compute convolved(int64_t groups, DType x, DType weights) {
    return [=](Device& device) {
        ConvolutionParameters parameters;
        parameters.strides = {2, 1};
        parameters.dilations = {1, 2};
        parameters.padsBegin = {1, 2};
        parameters.padsEnd = {0, 1};
        parameters.groups = groups;
        const Tensor zero = randomBytes(x, {1}, 35);
        const Tensor weightZeros = randomBytes(weights, {15}, 36);
        NodeState state;
        return plain(
            device,
            device.convolveIntegers(
                parameters, {device.fromHost(randomBytes(x, {3, 15, 13, 17}, 37)), &zero},
                {device.fromHost(randomBytes(weights, {15, 15 / groups, 3, 3}, 38)), &weightZeros},
                {3, 15, 6, 16}, state));
    };
}

Tensor randomInts(const Shape& shape, uint32_t seed) {
    const Tensor bytes = randomBytes(DType::Int8, {shape.elementCount() * 4}, seed);
    return Tensor(DType::Int32, shape, bytes.buffer());
}

/// Sums of 127 columns, each with an offset of its own, as float32, or with a zero point as bytes.
Compute requantized(bool asBytes) {
    return [asBytes](Device& device) {
        const Tensor values = device.fromHost(randomInts({13, 127}, 39));
        const Tensor offsets = device.fromHost(randomInts({127}, 60));
        const Tensor zero = Tensor::scalar(int8_t{-7});
        const Tensor scales = positive({127}, 40);
        Tensor small(DType::Float32, {127});
        for (size_t i = 0; i < 127; ++i)
            small.mutableValues<float>()[i] = scales.values<float>()[i] * 1e-6f;
        const Tensor there = device.fromHost(small);
        Tensor y = device.allocate(asBytes ? DType::Int8 : DType::Float32, values.shape());
        device.convertSums({values, offsets, {.extent = 127}}, &there, asBytes ? &zero : nullptr,
                           y);
        return device.toHost(y);
    };
}

/// Values, or the scale.
Compute dynamicallyQuantized(bool values) {
    return [values](Device& device) {
        const QuantizedTensor y =
            device.quantizeDynamically(device.fromHost(normalValues({13, 12345}, 41)));
        return device.toHost(values ? y.values : y.scale);
    };
}

Tensor lookedUp(Device& device) {
    Tensor y = device.allocate(DType::UInt8, {13, 127});
    device.lookUp(device.fromHost(randomBytes(DType::UInt8, {13, 127}, 42)),
                  device.fromHost(randomBytes(DType::UInt8, {256}, 43)), y);
    return device.toHost(y);
}

Tensor addedQuantized(Device& device) {
    Tensor y = device.allocate(DType::UInt8, {13, 127});
    device.addQuantized({0.6f, 1.7f, -12.3f},
                        device.fromHost(randomBytes(DType::UInt8, {13, 127}, 44)),
                        device.fromHost(randomBytes(DType::UInt8, {13, 127}, 45)), y);
    return device.toHost(y);
}

}  // namespace

std::vector<Check> integerChecks() {
    constexpr auto kS = DType::Int8;
    constexpr auto kU = DType::UInt8;
    return {
        {"QuantizeLinear", 0, quantized},
        {"DequantizeLinear", 0, dequantized},
        {"DynamicQuantizeLinear", 0, dynamicallyQuantized(true)},
        {"DynamicQuantizeLinear, scale", 0, dynamicallyQuantized(false)},
        {"MatMulInteger", 0, multiplied(kU, kS, false)},
        {"MatMulInteger, signed and transposed", 0, multiplied(kS, kU, true)},
        {"MatMulInteger, zero points of rows", 0,
         multipliedMany({2, 3, 77, 131}, {2, 3, 131, 67}, {2, 3, 77, 67}, 77, 1)},
        {"MatMulInteger of 3,001 matrices", 0,  // more than blocks
         multipliedMany({3001, 5, 31}, {3001, 31, 7}, {3001, 5, 7}, 1, 7)},
        {"ConvInteger", 0, convolved(1, kU, kS)},
        {"ConvInteger, 3 groups", 0, convolved(3, kS, kS)},
        {"ConvInteger depthwise", 0, convolved(15, kU, kU)},
        {"MatMulIntegerToFloat", 0, requantized(false)},
        {"QLinearMatMul", 0, requantized(true)},
        {"QLinearSigmoid", 0, lookedUp},
        {"QLinearAdd", 0, addedQuantized},
    };
}

}  // namespace clipscope::runtime
