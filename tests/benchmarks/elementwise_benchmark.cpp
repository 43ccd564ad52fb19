// SPDX-License-Identifier: Apache-2.0
// Elementwise functions and transposes on the CPU; bytes are those read and written.
#include <random>

#include <benchmark/benchmark.h>

#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

Tensor normal(const Shape& shape) {
    Tensor tensor(DType::Float32, shape);
    std::mt19937 random(1);
    std::normal_distribution<float> distribution(0, 2);
    for (float& value : tensor.mutableValues<float>())
        value = distribution(random);
    return tensor;
}

void countBytes(benchmark::State& state, size_t bytes) {
    state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes));
}

void unaryOf1M(benchmark::State& state, UnaryFunction function) {
    CpuDevice device;
    const Tensor x = normal({1 << 20});
    Tensor y(DType::Float32, x.shape());
    for (auto _ : state)
        device.unary(function, {1, 0}, x, y);
    countBytes(state, 2 * x.byteSize());
}
BENCHMARK_CAPTURE(unaryOf1M, Relu, UnaryFunction::Relu)->UseRealTime();
BENCHMARK_CAPTURE(unaryOf1M, Exp, UnaryFunction::Exp)->UseRealTime();
BENCHMARK_CAPTURE(unaryOf1M, Sigmoid, UnaryFunction::Sigmoid)->UseRealTime();
BENCHMARK_CAPTURE(unaryOf1M, Tanh, UnaryFunction::Tanh)->UseRealTime();
BENCHMARK_CAPTURE(unaryOf1M, GeluErf, UnaryFunction::GeluErf)->UseRealTime();
BENCHMARK_CAPTURE(unaryOf1M, Swish, UnaryFunction::Swish)->UseRealTime();

void add(benchmark::State& state, const Shape& shapeA, const Shape& shapeB) {
    CpuDevice device;
    const Tensor a = normal(shapeA);
    const Tensor b = normal(shapeB);
    Tensor y(DType::Float32, broadcast(shapeA, shapeB));
    for (auto _ : state)
        device.binary(BinaryFunction::Add, a, b, y);
    countBytes(state, a.byteSize() + b.byteSize() + y.byteSize());
}
BENCHMARK_CAPTURE(add, same, Shape{1 << 20}, Shape{1 << 20})->UseRealTime();
BENCHMARK_CAPTURE(add, scalar, Shape{1 << 20}, Shape{})->UseRealTime();
BENCHMARK_CAPTURE(add, channel, Shape{1, 64, 128, 128}, Shape{64, 1, 1})->UseRealTime();
BENCHMARK_CAPTURE(add, row, Shape{1024, 1024}, Shape{1024})->UseRealTime();
BENCHMARK_CAPTURE(add, shortRuns, Shape{65536, 4, 4}, Shape{65536, 4, 1})->UseRealTime();

void channelsLast(benchmark::State& state, const Shape& shape) {
    CpuDevice device;
    const Tensor x = normal(shape);
    Tensor y(DType::Float32, {shape[0], shape[2], shape[3], shape[1]});
    const std::vector<int64_t> s = shape.strides();
    for (auto _ : state)
        device.copyStrided(y.shape(), x, {0, {s[0], s[2], s[3], s[1]}}, y,
                           {0, y.shape().strides()});
    countBytes(state, 2 * x.byteSize());
}
BENCHMARK_CAPTURE(channelsLast, one, Shape{1, 64, 112, 112})->UseRealTime();
BENCHMARK_CAPTURE(channelsLast, many, Shape{64, 256, 56, 56})->UseRealTime();
BENCHMARK_CAPTURE(channelsLast, image, Shape{1, 3, 224, 224})->UseRealTime();

}  // namespace
}  // namespace clipscope::runtime
