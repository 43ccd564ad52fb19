// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/layout.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

Shape withExtent(Shape shape, size_t axis, int64_t extent) {
    shape[axis] = extent;
    return shape;
}

/// The lengths that Split is asked for, in the ways of its versions.
std::vector<int64_t> splitLengths(const OpContext& context, int64_t extent) {
    std::vector<int64_t> lengths = context.intsOf("split", 1);
    if (lengths.empty()) {
        const auto count =
            context.attributes().getInt("num_outputs", static_cast<int64_t>(context.outputCount()));
        if (count < 1 || static_cast<size_t>(count) != context.outputCount())
            throw Error(ErrorCode::BadInput,
                        fmt::format("cannot split into {} parts for {} outputs", count,
                                    context.outputCount()));
        const int64_t length = (extent + count - 1) / count;  // the last one may be shorter
        for (int64_t begin = 0; std::ssize(lengths) < count; begin += length)
            lengths.push_back(std::clamp<int64_t>(extent - begin, 0, length));
    }
    if (lengths.size() != context.outputCount() ||
        std::ranges::any_of(lengths, [&](int64_t n) { return n < 0 || n > extent; }) ||
        std::accumulate(lengths.begin(), lengths.end(), int64_t{0}) != extent)
        throw Error(ErrorCode::BadInput,
                    fmt::format("cannot split {} elements into {} outputs of lengths [{}]", extent,
                                context.outputCount(), fmt::join(lengths, ", ")));
    return lengths;
}

/// What DepthToSpace and SpaceToDepth have in common, checked.
struct Blocks {
    int64_t size = 1;
    bool depthFirst =
        true;  ///< depth = (row, column, channel), DCR; or (channel, row, column), CRD

    explicit Blocks(const OpContext& context) : size(context.attributes().getInt("blocksize")) {
        const Tensor& x = context.input(0);
        const std::string mode = context.attributes().getString("mode", "DCR");
        depthFirst = mode == "DCR";
        if (x.rank() != 4 || size < 1 || size > (1 << 16) || (!depthFirst && mode != "CRD"))
            throw Error(ErrorCode::BadInput, fmt::format("blocks of {} in mode {} do not fit {}",
                                                         size, mode, x.toString()));
    }
};

/// Output 0 has `shape`: `x` seen as `extents` with its axes permuted.
void permuteInto(OpContext& context, const Tensor& x, const Shape& extents,
                 const std::vector<size_t>& permutation, const Shape& shape) {
    Shape permuted = extents;
    for (size_t i = 0; i < permutation.size(); ++i)
        permuted[i] = extents[permutation[i]];
    Tensor y = context.device().allocate(x.type(), permuted);
    copyPermuted(context.device(), x.reshaped(extents), permutation, y);
    context.setOutput(0, y.reshaped(shape));
}

}  // namespace

void runConcat(OpContext& context) {
    std::vector<Tensor> operands;
    for (size_t i = 0; i < context.inputCount(); ++i)
        operands.push_back(context.input(i));
    const Tensor first = context.input(0);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis"), first.rank());
    int64_t extent = 0;
    for (const Tensor& x : operands) {
        if (x.rank() != first.rank() || x.type() != first.type() ||
            withExtent(x.shape(), axis, 0) != withExtent(first.shape(), axis, 0))
            throw Error(ErrorCode::BadInput,
                        fmt::format("cannot concatenate {} and {} along axis {}", first.toString(),
                                    x.toString(), axis));
        extent += x.shape()[axis];
    }
    Device& device = context.device();
    const bool lie = std::ranges::all_of(
        operands, [](const Tensor& x) { return x.layout() == Layout::ChannelsLast; });
    for (Tensor& x : operands)
        x = lie ? x.inMemoryOrder() : toRowMajor(device, x);
    const size_t along = !lie || axis == 0 ? axis : axis == 1 ? first.rank() - 1 : axis - 1;
    Tensor y = device.allocate(first.type(), withExtent(operands.front().shape(), along, extent));
    StridedView to = wholeView(y.shape());
    for (const Tensor& x : operands) {
        device.copyStrided(x.shape(), x, wholeView(x.shape()), y, to);
        to.offset += x.shape()[along] * to.strides[along];
    }
    context.setOutput(0, lie ? y.asChannelsLast() : std::move(y));
}

void runDepthToSpace(OpContext& context) {
    const auto [block, depthFirst] = Blocks(context);
    const Tensor& x = context.input(0);
    const Shape& s = x.shape();
    const int64_t depth = s[1] / (block * block);
    if (depth * block * block != s[1])
        throw Error(ErrorCode::BadInput,
                    fmt::format("blocks of {} do not fit {}", block, x.toString()));
    const Shape result{s[0], depth, s[2] * block, s[3] * block};
    if (depthFirst)
        permuteInto(context, x, {s[0], block, block, depth, s[2], s[3]}, {0, 3, 4, 1, 5, 2},
                    result);
    else
        permuteInto(context, x, {s[0], depth, block, block, s[2], s[3]}, {0, 1, 4, 2, 5, 3},
                    result);
}

void runExpand(OpContext& context) {
    const Tensor& x = context.input(0);
    const Shape shape = broadcast(x.shape(), Shape(context.ints(1)));
    Tensor& y = context.output(0, x.type(), shape);
    context.device().copyStrided(shape, x, {0, broadcastStrides(x.shape(), shape)}, y,
                                 wholeView(shape));
}

void runSpaceToDepth(OpContext& context) {
    const auto [block, depthFirst] = Blocks(context);
    const Tensor& x = context.input(0);
    const Shape& s = x.shape();
    const int64_t height = s[2] / block;
    const int64_t width = s[3] / block;
    if (height * block != s[2] || width * block != s[3])
        throw Error(ErrorCode::BadInput,
                    fmt::format("blocks of {} do not fit {}", block, x.toString()));
    const std::vector<size_t> permutation =
        depthFirst ? std::vector<size_t>{0, 3, 5, 1, 2, 4} : std::vector<size_t>{0, 1, 3, 5, 2, 4};
    permuteInto(context, x, {s[0], s[1], height, block, width, block}, permutation,
                {s[0], s[1] * block * block, height, width});
}

void runSplit(OpContext& context) {
    const Tensor& x = context.input(0);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", 0), x.rank());
    const std::vector<int64_t> lengths = splitLengths(context, x.shape()[axis]);
    StridedView from = wholeView(x.shape());
    for (size_t i = 0; i < context.outputCount(); ++i) {
        if (context.hasOutput(i)) {
            const Shape shape = withExtent(x.shape(), axis, lengths[i]);
            Tensor& y = context.output(i, x.type(), shape);
            context.device().copyStrided(shape, x, from, y, wholeView(shape));
        }
        from.offset += lengths[i] * from.strides[axis];
    }
}

/// Copies over repetition, extent, repetition, extent... with stride 0 along the repetitions.
void runTile(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::vector<int64_t> repeats = context.ints(1);
    if (repeats.size() != x.rank())
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} repetitions for {}", repeats.size(), x.toString()));
    Shape shape = x.shape();
    for (size_t axis = 0; axis < repeats.size(); ++axis)
        if (repeats[axis] < 0 || __builtin_mul_overflow(shape[axis], repeats[axis], &shape[axis]))
            throw Error(ErrorCode::BadInput, fmt::format("cannot repeat {} times", repeats[axis]));
    Tensor& y = context.output(0, x.type(), shape);
    const std::vector<int64_t> own = x.shape().strides();
    const std::vector<int64_t> target = shape.strides();
    std::vector<int64_t> extents;
    StridedView from, to;
    for (size_t axis = 0; axis < x.rank(); ++axis) {
        extents.insert(extents.end(), {repeats[axis], x.shape()[axis]});
        from.strides.insert(from.strides.end(), {0, own[axis]});
        to.strides.insert(to.strides.end(), {target[axis] * x.shape()[axis], target[axis]});
    }
    context.device().copyStrided(Shape(std::move(extents)), x, from, y, to);
}

void runTranspose(OpContext& context) {
    const Tensor& x = context.input(0);
    std::vector<int64_t> reversed(x.rank());
    for (size_t i = 0; i < reversed.size(); ++i)
        reversed[i] = static_cast<int64_t>(x.rank() - 1 - i);
    const std::vector<int64_t> given = context.attributes().getInts("perm", reversed);
    std::vector<bool> seen(x.rank());
    std::vector<size_t> permutation;
    std::vector<int64_t> extents;
    for (const int64_t axis : given) {
        permutation.push_back(normalizeAxis(axis, x.rank()));
        seen[permutation.back()] = true;
        extents.push_back(x.shape()[permutation.back()]);
    }
    if (given.size() != x.rank() || std::ranges::count(seen, false) != 0)
        throw Error(ErrorCode::BadInput, fmt::format("[{}] is not an order of the axes of {}",
                                                     fmt::join(given, ", "), x.toString()));
    copyPermuted(context.device(), x, permutation,
                 context.output(0, x.type(), Shape(std::move(extents))));
}

}  // namespace clipscope::runtime
