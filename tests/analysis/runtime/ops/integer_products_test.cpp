// SPDX-License-Identifier: Apache-2.0
// Against sums made element by element, over the forms that take different ways: signed and
// unsigned operands, zero points of all kinds, pads, groups, both layouts, constant or not.
#include <random>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/registry.h"

namespace clipscope::runtime {
namespace {

using Ints = std::vector<int64_t>;

Tensor randomBytes(DType type, const Shape& shape, unsigned seed) {
    Tensor tensor(type, shape);
    std::mt19937 random(seed);
    for (size_t i = 0; i < tensor.byteSize(); ++i)
        tensor.mutableBytes()[i] = static_cast<std::byte>(random());
    return tensor;
}

struct IntegerRun {
    std::string type;
    std::vector<Tensor> inputs;
    bool weightsAreConstant = true;
    graph::Attributes attributes;
};

/// The same twice: the second run takes what the first has prepared.
Tensor outputOf(const IntegerRun& run) {
    graph::Node node;
    node.type = run.type;
    node.opset = 10;
    node.attributes = run.attributes;
    node.outputs = {graph::ValueId(0)};
    const auto constant = std::make_unique<bool[]>(run.inputs.size());
    for (size_t i = 1; i < run.inputs.size(); ++i)
        constant[i] = run.weightsAreConstant;
    CpuDevice device;
    NodeState state;
    Tensor y;
    for (int i = 0; i < 2; ++i) {
        OpContext context(node, device, run.inputs, {constant.get(), run.inputs.size()}, state);
        findOperator("", run.type, 10)->run(context);
        y = toRowMajor(device, context.takeOutputs().at(0));
    }
    return y;
}

int64_t zeroAt(const Tensor& zeroPoint, int64_t i) {
    if (!zeroPoint.isDefined())
        return 0;
    return toInt64s(zeroPoint)[static_cast<size_t>(zeroPoint.elementCount() == 1 ? 0 : i)];
}

struct ConvolutionCase {
    DType xType, wType;
    Tensor xZero, wZero;
    int64_t channels = 3, outputs = 4, groups = 1;
    Ints pads{1, 1, 1, 1}, strides{1, 1}, dilations{1, 1};
    bool channelsLast = false;
};

std::vector<double> bruteForce(const ConvolutionCase& c, const Tensor& x, const Tensor& w) {
    const Shape& xs = x.shape();
    const Shape& ws = w.shape();
    const std::vector<int64_t> xv = toInt64s(x);
    const std::vector<int64_t> wv = toInt64s(w);
    const auto outputs = [&](size_t a) {
        return (xs[2 + a] + c.pads[a] + c.pads[2 + a] - (ws[2 + a] - 1) * c.dilations[a] - 1) /
                   c.strides[a] +
               1;
    };
    std::vector<double> y;
    for (int64_t n = 0; n < xs[0]; ++n)
        for (int64_t o = 0; o < ws[0]; ++o)
            for (int64_t r = 0; r < outputs(0); ++r)
                for (int64_t q = 0; q < outputs(1); ++q) {
                    int64_t sum = 0;
                    for (int64_t i = 0; i < ws[1]; ++i)
                        for (int64_t a = 0; a < ws[2]; ++a)
                            for (int64_t b = 0; b < ws[3]; ++b) {
                                const int64_t v = r * c.strides[0] + a * c.dilations[0] - c.pads[0];
                                const int64_t h = q * c.strides[1] + b * c.dilations[1] - c.pads[1];
                                if (v < 0 || v >= xs[2] || h < 0 || h >= xs[3])
                                    continue;
                                const int64_t channel = o / (ws[0] / c.groups) * ws[1] + i;
                                const auto at = static_cast<size_t>(
                                    ((n * xs[1] + channel) * xs[2] + v) * xs[3] + h);
                                const auto of =
                                    static_cast<size_t>(((o * ws[1] + i) * ws[2] + a) * ws[3] + b);
                                sum +=
                                    (xv[at] - zeroAt(c.xZero, 0)) * (wv[of] - zeroAt(c.wZero, o));
                            }
                    y.push_back(static_cast<double>(sum));
                }
    return y;
}

TEST(IntegerProducts, ConvolutionsAreExact) {
    const auto u8 = [](uint8_t v) { return Tensor::scalar(v); };
    const auto s8 = [](int8_t v) { return Tensor::scalar(v); };
    const std::vector<uint8_t> each = {128, 120, 128, 7};
    const ConvolutionCase cases[] = {
        {DType::UInt8, DType::Int8, u8(119), s8(0)},
        {DType::UInt8, DType::Int8, Tensor(), Tensor()},
        {DType::UInt8, DType::UInt8, u8(3), u8(128)},
        {DType::UInt8, DType::UInt8, u8(3), u8(100)},
        {DType::UInt8, DType::UInt8, u8(3), Tensor::of<uint8_t>({4}, each)},
        {DType::Int8, DType::Int8, s8(-7), s8(0)},
        {DType::Int8, DType::Int8, s8(11), s8(5)},
        {DType::UInt8, DType::Int8, u8(255), s8(0), 64, 32, 1, {0, 0, 0, 0}},
        {DType::UInt8, DType::Int8, u8(250), s8(0), 6, 6, 6, {2, 0, 1, 3}, {2, 1}},
        {DType::Int8, DType::Int8, s8(-128), s8(0), 6, 4, 2, {2, 2, 2, 2}, {1, 2}, {2, 2}},
        {DType::UInt8, DType::Int8, u8(77), s8(0), 5, 4, 1, {1, 0, 0, 2}, {1, 1}, {1, 1}, true},
        {DType::UInt8, DType::Int8, u8(77), s8(0), 5, 4, 1, {0, 0, 0, 0}, {1, 1}, {1, 1}, true},
        {DType::Int8, DType::Int8, s8(7), s8(0), 5, 4, 1, {1, 0, 0, 2}, {1, 1}, {1, 1}, true},
        {DType::UInt8, DType::UInt8, u8(7), u8(9), 5, 4, 1, {1, 0, 0, 2}, {1, 1}, {1, 1}, true},
    };
    unsigned seed = 0;
    for (const ConvolutionCase& c : cases)
        for (const bool constant : {true, false}) {
            SCOPED_TRACE(seed);
            Tensor x = randomBytes(c.xType, {2, c.channels, 7, 9}, ++seed);
            const Tensor w = randomBytes(c.wType, {c.outputs, c.channels / c.groups, 3, 2}, ++seed);
            IntegerRun run{"ConvInteger", {x, w, c.xZero, c.wZero}, constant, {}};
            run.attributes.set("pads", c.pads);
            run.attributes.set("strides", c.strides);
            run.attributes.set("dilations", c.dilations);
            run.attributes.set("group", c.groups);
            CpuDevice device;
            if (c.channelsLast)
                run.inputs[0] = toChannelsLast(device, x);
            EXPECT_EQ(toDoubles(outputOf(run)), bruteForce(c, x, w));
        }
}

TEST(IntegerProducts, OfMatricesAreExact) {
    const std::vector<int8_t> columnZeros = {3, -4, 0, 0, 127};
    const std::vector<uint8_t> rowZeros = {1, 2, 3};
    struct Zeros {
        Tensor a, b;
        DType aType, bType;
    };
    const Zeros cases[] = {
        {Tensor(), Tensor(), DType::UInt8, DType::Int8},
        {Tensor::scalar(uint8_t{120}), Tensor::scalar(int8_t{0}), DType::UInt8, DType::Int8},
        {Tensor::scalar(uint8_t{9}), Tensor::scalar(uint8_t{200}), DType::UInt8, DType::UInt8},
        {Tensor::scalar(int8_t{-9}), Tensor::of<int8_t>({5}, columnZeros), DType::Int8,
         DType::Int8},
        {Tensor::of<uint8_t>({3}, rowZeros), Tensor(), DType::UInt8, DType::Int8},
    };
    unsigned seed = 100;
    for (const Zeros& zeros : cases)
        for (const Shape& aShape : {Shape{3, 70}, Shape{2, 3, 70}})
            for (const bool constant : {true, false}) {
                SCOPED_TRACE(seed);
                const Tensor a = randomBytes(zeros.aType, aShape, ++seed);
                const Tensor b = randomBytes(zeros.bType, {70, 5}, ++seed);
                const std::vector<int64_t> av = toInt64s(a);
                const std::vector<int64_t> bv = toInt64s(b);
                std::vector<double> expected;
                for (int64_t r = 0; r < a.elementCount() / 70; ++r)
                    for (int64_t c = 0; c < 5; ++c) {
                        int64_t sum = 0;
                        for (int64_t k = 0; k < 70; ++k)
                            sum += (av[static_cast<size_t>(r * 70 + k)] - zeroAt(zeros.a, r % 3)) *
                                   (bv[static_cast<size_t>(k * 5 + c)] - zeroAt(zeros.b, c));
                        expected.push_back(static_cast<double>(sum));
                    }
                EXPECT_EQ(
                    toDoubles(outputOf({"MatMulInteger", {a, b, zeros.a, zeros.b}, constant, {}})),
                    expected);
            }
}

TEST(IntegerProducts, RefuseScalesThatDoNotFit) {
    const Tensor scale = Tensor::scalar(1.0f);
    const Tensor zero = Tensor::scalar(uint8_t{1});
    const Tensor a = randomBytes(DType::UInt8, {2, 3}, 1);
    const Tensor b = randomBytes(DType::UInt8, {3, 4}, 2);
    for (const Shape& shape : {Shape{0}, Shape{3}, Shape{5}}) {
        const IntegerRun run{"QLinearMatMul",
                             {a, scale, zero, b, Tensor(DType::Float32, shape), zero, scale, zero},
                             true,
                             {}};
        EXPECT_THROW(outputOf(run), Error) << shape.toString();
    }
}

}  // namespace
}  // namespace clipscope::runtime
