// SPDX-License-Identifier: Apache-2.0
// What operators of com.microsoft add to scores by the distance between query and key.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/ops/binary.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/packed_tokens.h"
#include "analysis/runtime/ops/transformer.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kLongest = int64_t{1} << 20;

/// The buckets of T5 (Raffel et al., "Exploring the Limits of Transfer Learning"): near distances
/// have one each, farther ones share them on a logarithmic scale.
int64_t bucketOf(int64_t distance, int64_t buckets, int64_t farthest, bool bothWays) {
    int64_t first = 0;
    if (bothWays) {
        buckets /= 2;
        first = distance > 0 ? buckets : 0;
        distance = std::abs(distance);
    } else {
        distance = std::max<int64_t>(0, -distance);
    }
    const int64_t exact = buckets / 2;
    if (distance < exact)
        return first + distance;
    const float ratio = std::log(static_cast<float>(distance) / static_cast<float>(exact)) /
                        std::log(static_cast<float>(farthest) / static_cast<float>(exact));
    const auto shared = static_cast<int64_t>(ratio * static_cast<float>(buckets - exact));
    return first + std::min(exact + shared, buckets - 1);
}

Tensor plus(Device& device, const Tensor& x, float value) {
    return added(device, x, device.fromHost(Tensor::scalar(value)));
}

}  // namespace

/// Inputs: a value for each bucket and head, whose elements lie head by head, and the numbers of
/// queries and keys; output: 1 x heads x queries x keys.
void runRelativePositionBias(OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    const Tensor table = context.device().toHost(context.input(0));
    const std::vector<int64_t> queries = context.ints(1);
    const std::vector<int64_t> keys = context.ints(2);
    const int64_t farthest = attributes.getInt("max_distance");
    const bool bothWays = attributes.getInt("is_bidirectional", 0) != 0;
    const int64_t buckets = table.rank() == 2 ? table.shape()[0] : 0;
    const int64_t exact = buckets / (bothWays ? 4 : 2);
    if (exact < 1 || farthest <= exact || queries.size() != 1 || keys.size() != 1 ||
        queries[0] < 0 || keys[0] < 0 || queries[0] > kLongest || keys[0] > kLongest)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the table {} does not fit a distance of {} and lengths {} and {}",
                                table.toString(), farthest, context.input(1).toString(),
                                context.input(2).toString()));
    const int64_t heads = table.shape()[1];
    Tensor y(DType::Float32, {1, heads, queries[0], keys[0]});
    const float* values = table.values<float>().data();
    auto to = y.mutableValues<float>().begin();
    for (int64_t h = 0; h < heads; ++h)
        for (int64_t i = 0; i < queries[0]; ++i)
            for (int64_t j = 0; j < keys[0]; ++j)
                *to++ = values[h * buckets + bucketOf(j - i, buckets, farthest, bothWays)];
    context.setOutput(0, context.device().fromHost(y));
}

/// Inputs: queries (batch x length x width, or packed tokens), their bias, what is gated (1 x heads
/// x length x length), the weights of the gates and their bias, a value for each head, and the
/// places of packed tokens.
void runGatedRelativePositionBias(OpContext& context) {
    Device& device = context.device();
    Tensor queries = added(device, context.input(0), context.input(1));
    if (context.hasInput(6) && queries.rank() == 2)
        queries = unpacked(device, packedTokens(context, queries.shape()[0], 6), queries);
    const Tensor heads = splitHeads(device, queries, context.attributes().getInt("num_heads"));
    const Tensor gates = added(device,
                               matrixProduct(device, {.bIsConstant = context.isConstant(3)}, heads,
                                             context.input(3), context.state()),
                               context.input(4));
    const Shape& s = gates.shape();
    if (s[3] % 2 != 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the gates {} have no halves", gates.toString()));
    Tensor sums = device.allocate(gates.type(), {s[0], s[1], s[2], 2});
    const size_t axes[] = {4};
    device.reduce(ReduceKind::Sum, axes, gates.reshaped({s[0], s[1], s[2], 2, s[3] / 2}), sums);
    Tensor open = device.allocate(sums.type(), sums.shape());
    device.unary(UnaryFunction::Sigmoid, {}, sums, open);
    Tensor halves[2];
    for (const int64_t half : {0, 1}) {
        Tensor& gate = halves[half];
        gate = device.allocate(open.type(), {s[0], s[1], s[2], 1});
        const int64_t index[] = {half};
        device.gather(open, 3, index, gate);
    }
    const Tensor inner =
        plus(device, computed(device, BinaryFunction::Mul, halves[1], context.input(5)), -1);
    const Tensor gate = plus(device, computed(device, BinaryFunction::Mul, halves[0], inner), 2);
    context.setOutput(0, computed(device, BinaryFunction::Mul, gate, context.input(2)));
}

}  // namespace clipscope::runtime
