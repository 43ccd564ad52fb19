// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/masking.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/index.h"

namespace clipscope::runtime {

void runCompress(OpContext& context) {
    Tensor x = context.input(0);
    if (!context.attributes().has("axis"))
        x = x.reshaped({x.elementCount()});
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", 0), x.rank());
    std::vector<int64_t> kept;
    const std::vector<int64_t> condition = context.ints(1);
    for (int64_t i = 0; i < std::min<int64_t>(std::ssize(condition), x.shape()[axis]); ++i)
        if (condition[static_cast<size_t>(i)] != 0)
            kept.push_back(i);
    Shape shape = x.shape();
    shape[axis] = std::ssize(kept);
    context.device().gather(x, axis, kept, context.output(0, x.type(), shape));
}

void runNonZero(OpContext& context) {
    const Tensor& given = context.input(0);
    const Tensor x = given.rank() == 0 ? given.reshaped({1}) : given;
    std::vector<std::vector<int64_t>> found(x.rank());
    std::vector<int64_t> index(x.rank());
    const std::vector<double> values = toDoubles(x);
    for (const double value : values) {
        if (value != 0)
            for (size_t axis = 0; axis < index.size(); ++axis)
                found[axis].push_back(index[axis]);
        nextIndex(index, x.shape());
    }
    Tensor y(DType::Int64, {static_cast<int64_t>(x.rank()), std::ssize(found[0])});
    auto to = y.mutableValues<int64_t>().begin();
    for (const auto& positions : found)
        to = std::copy(positions.begin(), positions.end(), to);
    context.setOutput(0, context.device().fromHost(y));
}

/// Indices outside [-depth, depth) give a row without a hot element.
void runOneHot(OpContext& context) {
    Device& device = context.device();
    const Tensor& indices = context.input(0);
    const Tensor values = device.toHost(context.input(2));
    const int64_t depth = context.ints(1).at(0);
    if (depth < 0 || values.elementCount() != 2)
        throw Error(ErrorCode::BadInput, fmt::format("depth {} and values {} are not a depth and "
                                                     "the two values off and on",
                                                     depth, values.toString()));
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", -1), indices.rank() + 1);
    std::vector<int64_t> extents = indices.shape().extents();
    extents.insert(extents.begin() + static_cast<std::ptrdiff_t>(axis), depth);
    Tensor& y = context.output(0, values.type(), Shape(std::move(extents)));
    const int64_t run = y.shape().elementCount(axis + 1, y.rank());
    std::vector<int64_t> offsets;
    const std::vector<int64_t> hot = context.ints(0);
    for (int64_t i = 0; i < std::ssize(hot); ++i)
        if (const int64_t h = hot[static_cast<size_t>(i)]; h >= -depth && h < depth)
            offsets.push_back((i / run * depth + (h < 0 ? h + depth : h)) * run + i % run);
    Tensor on = device.allocate(values.type(), {std::ssize(offsets)});
    const Tensor two = values.reshaped({2});
    device.fill(two.rows(0, 1).reshaped({}), y);
    device.fill(two.rows(1, 2).reshaped({}), on);
    device.scatter(Scattering::Replace, offsets, 1, on, y);
}

void runTrilu(OpContext& context) {
    const Tensor& x = context.input(0);
    if (x.rank() < 2)
        throw Error(ErrorCode::BadInput, "needs matrices, not " + x.toString());
    const bool upper = context.attributes().getInt("upper", 1) != 0;
    const int64_t k = context.hasInput(1) ? context.ints(1).at(0) : 0;
    const int64_t rows = x.shape()[x.rank() - 2];
    const int64_t columns = x.shape()[x.rank() - 1];
    Tensor kept(DType::Bool, {rows, columns});
    const auto keeps = kept.mutableValues<bool>();
    for (int64_t i = 0; i < kept.elementCount(); ++i) {
        const int64_t diagonal = i % columns - i / columns;
        keeps[static_cast<size_t>(i)] = upper ? diagonal >= k : diagonal <= k;
    }
    Tensor zero(x.type(), {});
    std::memset(zero.mutableBytes(), 0, zero.byteSize());
    Device& device = context.device();
    device.where(device.fromHost(kept), x, device.fromHost(zero),
                 context.output(0, x.type(), x.shape()));
}

}  // namespace clipscope::runtime
