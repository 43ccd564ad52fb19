// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/device_checks.h"

#include <cmath>
#include <random>

#include "analysis/runtime/functors/deform.h"
#include "analysis/runtime/functors/grid.h"
#include "analysis/runtime/functors/regions.h"
#include "analysis/runtime/functors/rotate.h"
#include "analysis/runtime/ops/resize_taps.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

using Compute = std::function<Tensor(Device&)>;

Compute unaryOf(UnaryFunction function) {
    return [function](Device& device) {
        const Tensor x = normalValues({13, 127}, 1);
        Tensor y = device.allocate(DType::Float32, x.shape());
        device.unary(function, {0.5, 2}, device.fromHost(x), y);
        return device.toHost(y);
    };
}

Compute binaryOf(BinaryFunction function, const Shape& a, const Shape& b) {
    return [=](Device& device) {
        Tensor y = device.allocate(DType::Float32, broadcast(a, b));
        device.binary(function, device.fromHost(normalValues(a, 2)),
                      device.fromHost(normalValues(b, 3)), y);
        return device.toHost(y);
    };
}

Compute convolution(int64_t groups, int64_t stride, bool transposed) {
    return [=](Device& device) {
        ConvolutionParameters parameters;
        parameters.strides = {stride, stride};
        parameters.dilations = {1, 1};
        parameters.padsBegin = parameters.padsEnd = {1, 1};
        parameters.groups = groups;
        parameters.transposed = transposed;
        const Tensor x = normalValues({3, 15, 13, 17}, 4);
        const Tensor weights = normalValues({15, 15 / groups, 3, 3}, 5);
        const Tensor bias = device.fromHost(normalValues({15}, 6));
        const auto extent = [&](int64_t n) {
            return transposed ? (n - 1) * stride + 1 : (n - 1) / stride + 1;
        };
        Tensor y = device.allocate(DType::Float32, {3, 15, extent(13), extent(17)});
        NodeState state;
        device.convolve(parameters, device.fromHost(x), device.fromHost(weights), &bias, y, state);
        return device.toHost(y);
    };
}

Compute product(const Shape& a, const Shape& b, const Shape& y, bool transposed) {
    return [=](Device& device) {
        Tensor out = device.allocate(DType::Float32, y);
        NodeState state;
        const MatmulParameters parameters{.transposeB = transposed, .alpha = 0.5f};
        device.matmul(parameters, device.fromHost(normalValues(a, 7)),
                      device.fromHost(normalValues(b, 8)), nullptr, out, state);
        return device.toHost(out);
    };
}

Compute pooling(PoolKind kind) {
    return [kind](Device& device) {
        PoolParameters parameters;
        parameters.kind = kind;
        parameters.kernel = {3, 2};
        parameters.strides = {2, 2};
        parameters.dilations = {1, 1};
        parameters.padsBegin = {1, 0};
        parameters.padsEnd = {1, 1};
        Tensor y = device.allocate(DType::Float32, {2, 13, 8, 7});
        NodeState state;
        device.pool(parameters, device.fromHost(normalValues({2, 13, 15, 13}, 9)), y, state);
        return device.toHost(y);
    };
}

Compute softmax(size_t axis, bool log) {
    return [=](Device& device) {
        const Tensor x = normalValues({5, 13, 127}, 10);
        Tensor y = device.allocate(DType::Float32, x.shape());
        device.softmax(device.fromHost(x), axis, log, y);
        return device.toHost(y);
    };
}

Compute layerNormalization(bool rms) {
    return [rms](Device& device) {
        const Tensor x = normalValues({5, 13, 127}, 11);
        const Tensor scale = device.fromHost(normalValues({127}, 12));
        Tensor y = device.allocate(DType::Float32, x.shape());
        device.layerNormalize(device.fromHost(x), 2, 1e-5f, rms, &scale, nullptr, y);
        return device.toHost(y);
    };
}

Compute reduction(ReduceKind kind, std::vector<size_t> axes, const Shape& kept) {
    return [=](Device& device) {
        Tensor y = device.allocate(DType::Float32, kept);
        device.reduce(kind, axes, device.fromHost(normalValues({13, 127, 15}, 13)), y);
        return device.toHost(y);
    };
}

Tensor transposed(Device& device) {
    Tensor y = device.allocate(DType::Float32, {15, 13, 127});
    copyPermuted(device, device.fromHost(normalValues({13, 127, 15}, 14)), {2, 0, 1}, y);
    return device.toHost(y);
}

Tensor gathered(Device& device) {
    const std::vector<int64_t> rows{12, 0, 5, 5};
    Tensor y = device.allocate(DType::Float32, {13, 4, 15});
    device.gather(device.fromHost(normalValues({13, 127, 15}, 15)), 1, rows, y);
    return device.toHost(y);
}

Tensor resized(Device& device) {
    Tensor y = device.allocate(DType::Float32, {13, 200, 15});
    const ResizeTaps taps =
        resizeTaps({.input = 127, .output = 200, .scale = 200.0 / 127}, {.interpolation = "cubic"});
    device.resize(device.fromHost(normalValues({13, 127, 15}, 16)), 1, taps, 0, y);
    return device.toHost(y);
}

Tensor largestPositions(Device& device) {
    Tensor y = device.allocate(DType::Int64, {13, 127});
    device.argExtreme(true, false, 2, device.fromHost(normalValues({13, 127, 15}, 17)), y);
    return device.toHost(y);
}

/// Rows that share targets, in no order.
Compute scattered(Scattering scattering) {
    return [scattering](Device& device) {
        const int64_t run = 15;
        const std::vector<int64_t> offsets{12 * run, 0, 5 * run, 0, 126 * run, 5 * run, 0};
        const Tensor rows = normalValues({127, run}, 18);
        Tensor y = device.allocate(DType::Float32, rows.shape());
        device.copyStrided(rows.shape(), device.fromHost(rows), wholeView(rows.shape()), y,
                           wholeView(rows.shape()));
        device.scatter(scattering, offsets, run, device.fromHost(normalValues({7, run}, 19)), y);
        return device.toHost(y);
    };
}

Compute cumulated(bool exclusive, bool reverse) {
    return [=](Device& device) {
        Tensor y = device.allocate(DType::Float32, {13, 127, 15});
        device.cumulate(1, exclusive, reverse, device.fromHost(normalValues({13, 127, 15}, 20)), y);
        return device.toHost(y);
    };
}

/// Lines that are longer than what a block of threads takes at a time.
Compute cumulatedLong(const Shape& shape) {
    return [shape](Device& device) {
        Tensor y = device.allocate(DType::Float32, shape);
        device.cumulate(1, false, false, device.fromHost(normalValues(shape, 47)), y);
        return device.toHost(y);
    };
}

/// The positions of the first `k` of lines of `length`, and (values) what lies there.
Compute ordered(int64_t length, int64_t k, bool largest, bool values) {
    return [=](Device& device) {
        Tensor x = normalValues({3, length, 5}, 21);
        for (float& value : x.mutableValues<float>())
            value = std::rint(value * 64);  // so that many are equal
        Tensor best = device.allocate(DType::Float32, {3, k, 5});
        Tensor where = device.allocate(DType::Int64, {3, k, 5});
        device.selectTop(1, largest, device.fromHost(x), best, where);
        return device.toHost(values ? best : where);
    };
}

Compute sampledGrid(int taps, GridSampling::Padding padding) {
    return [=](Device& device) {
        Tensor y = device.allocate(DType::Float32, {2, 13, 15, 7});
        device.sampleGrid({taps, padding, false}, device.fromHost(normalValues({2, 13, 17, 9}, 22)),
                          device.fromHost(normalValues({2, 15, 7, 2}, 23)), y);
        return device.toHost(y);
    };
}

Compute rotatedHeads(bool interleaved) {
    return [=](Device& device) {
        const Rotation rotation{{2, 5, 3, 14, 42, 14}, 5, interleaved};
        const std::vector<int64_t> rows{6, 0, 1, 2, 3, 3, 2, 1, 0, 6};
        Tensor y = device.allocate(DType::Float32, {2, 5, 42});
        device.rotate(rotation, rows, device.fromHost(normalValues({2, 5, 42}, 24)),
                      device.fromHost(normalValues({7, 5}, 25)),
                      device.fromHost(normalValues({7, 5}, 26)), y);
        return device.toHost(y);
    };
}

/// What lies under moved taps, two groups of channels apart.
Tensor deformed(Device& device) {
    DeformForm form{.channels = 6, .height = 13, .width = 15, .offsetGroups = 2};
    form.kernel[0] = form.kernel[1] = 3;
    form.pads[0] = form.pads[1] = 1;
    form.outputs[0] = 13;
    form.outputs[1] = 15;
    const Tensor mask = device.fromHost(normalValues({2 * 9, 13, 15}, 48));
    Tensor y = device.allocate(DType::Float32, {6 * 9, 13 * 15});
    device.deformColumns(form, device.fromHost(normalValues({6, 13, 15}, 49)),
                         device.fromHost(normalValues({2 * 9 * 2, 13, 15}, 46)), &mask, y);
    return device.toHost(y);
}

/// Regions that lie inside, across the edges and beyond, a bin as many samples as elements.
Compute alignedRegions(bool isMaximum) {
    return [isMaximum](Device& device) {
        const std::vector<float> corners{1.5f, 2, 9, 7.25f, -3, -2, 4, 30, 40, 40, 50, 60};
        const std::vector<int64_t> batches{1, 0, 1};
        Tensor y = device.allocate(DType::Float32, {3, 13, 3, 5});
        device.alignRegions({.height = 15,
                             .width = 17,
                             .pooledHeight = 3,
                             .pooledWidth = 5,
                             .isMaximum = isMaximum},
                            batches, device.fromHost(normalValues({2, 13, 15, 17}, 30)),
                            device.fromHost(Tensor::of<float>({3, 4}, corners)), y);
        return device.toHost(y);
    };
}

/// The image as a region, of some thousands of samples a bin.
Tensor alignedImages(Device& device) {
    const std::vector<float> corners{0, 0, 201, 155, 3, 4, 9, 8};
    const std::vector<int64_t> batches{0, 0};
    Tensor y = device.allocate(DType::Float32, {2, 13, 2, 3});
    device.alignRegions({.height = 155, .width = 201, .pooledHeight = 2, .pooledWidth = 3}, batches,
                        device.fromHost(normalValues({1, 13, 155, 201}, 61)),
                        device.fromHost(Tensor::of<float>({2, 4}, corners)), y);
    return device.toHost(y);
}

}  // namespace

std::vector<Check> deviceChecks() {
    std::vector<Check> checks{
        {"Add", 0, binaryOf(BinaryFunction::Add, {5, 13, 127}, {13, 1})},
        {"Mul", 0, binaryOf(BinaryFunction::Mul, {5, 1, 127}, {13, 1})},
        {"Div", 0, binaryOf(BinaryFunction::Div, {13, 127}, {127})},
        {"Max", 0, binaryOf(BinaryFunction::Max, {13, 127}, {13, 127})},
        {"Relu", 0, unaryOf(UnaryFunction::Relu)},
        {"Clip", 0, unaryOf(UnaryFunction::Clip)},
        {"Sigmoid", 1e-6, unaryOf(UnaryFunction::Sigmoid)},
        {"Tanh", 1e-6, unaryOf(UnaryFunction::Tanh)},
        {"Exp", 1e-6, unaryOf(UnaryFunction::Exp)},
        {"Erf", 1e-6, unaryOf(UnaryFunction::Erf)},
        {"Gelu", 1e-6, unaryOf(UnaryFunction::GeluErf)},
        {"Conv", 1e-5, convolution(1, 1, false)},
        {"Conv stride 2, 3 groups", 1e-5, convolution(3, 2, false)},
        {"Conv depthwise", 1e-5, convolution(15, 1, false)},
        {"ConvTranspose", 1e-5, convolution(1, 2, true)},
        {"MatMul", 1e-5, product({13, 127}, {127, 15}, {13, 15}, false)},
        {"MatMul batched", 1e-5, product({3, 5, 13, 31}, {5, 15, 31}, {3, 5, 13, 15}, true)},
        {"MaxPool", 0, pooling(PoolKind::Max)},
        {"AveragePool", 1e-6, pooling(PoolKind::AverageExcludingPads)},
        {"AveragePool with pads", 1e-6, pooling(PoolKind::AverageIncludingPads)},
        {"Softmax", 1e-6, softmax(2, false)},
        {"LogSoftmax along axis 1", 1e-6, softmax(1, true)},
        {"LayerNormalization", 1e-6, layerNormalization(false)},
        {"RMSNormalization", 1e-6, layerNormalization(true)},
        {"ReduceSum of rows", 1e-6, reduction(ReduceKind::Sum, {2}, {13, 127, 1})},
        {"ReduceMean of columns", 1e-6, reduction(ReduceKind::Mean, {0, 1}, {1, 1, 15})},
        {"ReduceMax", 0, reduction(ReduceKind::Max, {0, 2}, {1, 127, 1})},
        {"Transpose", 0, transposed},
        {"Gather", 0, gathered},
        {"Resize", 1e-6, resized},
        {"ArgMax", 0, largestPositions},
        {"ReduceLogSumExp", 1e-6, reduction(ReduceKind::LogSumExp, {1}, {13, 1, 15})},
        {"Scatter", 0, scattered(Scattering::Replace)},
        {"Scatter with sums", 0, scattered(Scattering::Add)},
        {"Scatter with maxima", 0, scattered(Scattering::Max)},
        {"CumSum", 0, cumulated(false, false)},
        {"CumSum exclusive, in reverse", 0, cumulated(true, true)},
        {"CumSum of long lines", 1e-5, cumulatedLong({2, 12345})},
        {"CumSum of 3,000 long lines", 1e-5, cumulatedLong({3000, 1025})},  // more than blocks
        {"TopK", 0, ordered(127, 13, true, false)},
        {"TopK of long lines", 0, ordered(5000, 31, false, true)},
        {"GridSample", 1e-6, sampledGrid(2, GridSampling::Padding::Zeros)},
        {"GridSample cubic, reflected", 1e-6, sampledGrid(4, GridSampling::Padding::Reflection)},
        {"RotaryEmbedding", 1e-6, rotatedHeads(false)},
        {"RotaryEmbedding interleaved", 1e-6, rotatedHeads(true)},
        {"DeformConv", 1e-6, deformed},
        {"RoiAlign", 1e-6, alignedRegions(false)},
        {"RoiAlign of whole images", 1e-5, alignedImages},
        {"RoiAlign of maxima", 1e-6, alignedRegions(true)},
    };
    for (auto&& more : {integerChecks(), recurrentChecks()})
        checks.insert(checks.end(), more.begin(), more.end());
    return checks;
}

Tensor normalValues(const Shape& shape, uint32_t seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> values;
    Tensor tensor(DType::Float32, shape);
    for (float& value : tensor.mutableValues<float>())
        value = values(random);
    return tensor;
}

Tensor randomBytes(DType type, const Shape& shape, uint32_t seed) {
    std::mt19937 random(seed);
    Tensor tensor(type, shape);
    for (size_t i = 0; i < tensor.byteSize(); ++i)
        tensor.mutableBytes()[i] = static_cast<std::byte>(random());
    return tensor;
}

}  // namespace clipscope::runtime
