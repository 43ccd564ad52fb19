// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/registry.h"

namespace clipscope::runtime {
namespace {

using Ints = std::vector<int64_t>;

/// Of one axis.
struct Row {
    Ints stride, dilation, pads;
    int64_t length;
};

/// Small integers, whose sums are exact in any order.
template <typename T>
std::vector<T> pattern(size_t count, int factor) {
    std::vector<T> values(count);
    for (size_t i = 0; i < count; ++i)
        values[i] = static_cast<T>(static_cast<int>(i) * factor % 11);
    return values;
}

constexpr int64_t kIn = 2;
constexpr int64_t kOut = 3;
constexpr int64_t kTaps = 3;

/// From the definition.
std::vector<double> bruteForce(const Row& row) {
    const auto x = pattern<int>(static_cast<size_t>(kIn * row.length), 7);
    const auto w = pattern<int>(static_cast<size_t>(kOut * kIn * kTaps), 5);
    const int64_t reach = (kTaps - 1) * row.dilation[0] + 1;
    const int64_t outputs = (row.length + row.pads[0] + row.pads[1] - reach) / row.stride[0] + 1;
    std::vector<double> y;
    for (int64_t o = 0; o < kOut; ++o)
        for (int64_t t = 0; t < outputs; ++t) {
            int sum = 0;
            for (int64_t c = 0; c < kIn; ++c)
                for (int64_t k = 0; k < kTaps; ++k) {
                    const int64_t at = t * row.stride[0] + k * row.dilation[0] - row.pads[0];
                    if (at >= 0 && at < row.length)
                        sum += x[static_cast<size_t>(c * row.length + at)] *
                               w[static_cast<size_t>((o * kIn + c) * kTaps + k)];
                }
            y.push_back(sum);
        }
    return y;
}

template <typename T>
std::vector<double> run(std::string_view type, const Row& row) {
    graph::Node node;
    node.type = type;
    node.opset = 11;
    node.outputs = {graph::ValueId(0)};
    node.attributes.set("strides", row.stride);
    node.attributes.set("dilations", row.dilation);
    node.attributes.set("pads", row.pads);
    const std::vector<Tensor> inputs = {
        Tensor::of<T>({1, kIn, row.length}, pattern<T>(static_cast<size_t>(kIn * row.length), 7)),
        Tensor::of<T>({kOut, kIn, kTaps}, pattern<T>(kOut * kIn * kTaps, 5))};
    CpuDevice device;
    NodeState state;
    OpContext context(node, device, inputs, {}, state);
    findOperator("", type, 11)->run(context);
    return toDoubles(toRowMajor(device, context.takeOutputs().at(0)));
}

TEST(WideConvolution, InPiecesIsTheWhole) {
    const Row rows[] = {
        {{1}, {1}, {1, 1}, 40'000},       // more than two pieces
        {{2}, {3}, {4, 1}, 50'001},       // windows that reach over the pieces
        {{1}, {1}, {30'000, 20'000}, 5},  // pieces that see nothing of x
        {{3}, {9'000}, {0, 7}, 70'000},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(run<float>("Conv", row), bruteForce(row)) << "length " << row.length;
        EXPECT_EQ(run<uint8_t>("ConvInteger", row), bruteForce(row)) << "length " << row.length;
    }
}

/// oneDNN would plan a row of a million for a minute, in gigabytes.
TEST(WideConvolution, AbsurdPadsTakeLittleMemory) {
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    const Row row{{1}, {1}, {1 << 20, 1 << 20}, 3};
    EXPECT_EQ(run<uint8_t>("ConvInteger", row), bruteForce(row));
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 400 << 10) << "KiB";
}

}  // namespace
}  // namespace clipscope::runtime
