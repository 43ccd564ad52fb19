// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/view.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

/// Which of `rank` axes are named.
std::vector<bool> namedAxes(const std::vector<int64_t>& axes, size_t rank) {
    std::vector<bool> named(rank);
    for (const int64_t axis : axes)
        named[normalizeAxis(axis, rank)] = true;
    return named;
}

}  // namespace

/// As at inference: the input, and a mask that keeps everything.
void runDropout(OpContext& context) {
    const bool training = context.hasInput(2) && context.ints(2).at(0) != 0;
    const double ratio =
        context.hasInput(1) ? toDoubles(context.device().toHost(context.input(1))).at(0) : 0.5;
    if (training && ratio != 0)
        throw Error(ErrorCode::Unsupported, "is in training mode; export the model for inference");
    const Tensor& x = context.input(0);
    context.setOutput(0, x);
    if (!context.hasOutput(1))
        return;
    Device& device = context.device();
    Tensor yes = device.allocate(DType::Bool, {});
    device.cast(device.fromHost(Tensor::scalar<uint8_t>(1)), yes);
    Tensor& mask = context.output(1, context.opset() < 10 ? x.type() : DType::Bool, x.shape());
    Tensor value = device.allocate(mask.type(), {});
    device.cast(yes, value);
    device.fill(value, mask);
}

void runFlatten(OpContext& context) {
    const Tensor& x = context.input(0);
    const int64_t given = context.attributes().getInt("axis", 1);
    const auto rank = static_cast<int64_t>(x.rank());
    if (given < -rank || given > rank)  // rank itself is allowed
        throw Error(ErrorCode::BadInput,
                    fmt::format("axis {} lies outside a tensor of rank {}", given, rank));
    const auto axis = static_cast<size_t>(given < 0 ? given + rank : given);
    context.setOutput(
        0, x.reshaped({x.shape().elementCount(0, axis), x.shape().elementCount(axis, x.rank())}));
}

void runIdentity(OpContext& context) {
    context.setOutput(0, context.input(0));
}

/// 0 copies the input's extent (unless allowzero), -1 takes what is left.
void runReshape(OpContext& context) {
    const Tensor& x = context.input(0);
    std::vector<int64_t> extents = context.ints(1);
    const bool zeroCopies = context.attributes().getInt("allowzero", 0) == 0;
    const auto impossible = [&] {
        return Error(ErrorCode::BadInput, fmt::format("cannot reshape {} to [{}]", x.toString(),
                                                      fmt::join(context.ints(1), ", ")));
    };
    size_t unknown = extents.size();
    int64_t known = 1;
    for (size_t i = 0; i < extents.size(); ++i) {
        if (extents[i] == 0 && zeroCopies) {
            if (i >= x.rank())
                throw impossible();
            extents[i] = x.shape()[i];
        }
        if (extents[i] == -1 && unknown == extents.size())
            unknown = i;
        else if (extents[i] < 0 || __builtin_mul_overflow(known, extents[i], &known))
            throw impossible();
    }
    if (unknown < extents.size()) {
        if (known == 0 ? x.elementCount() != 0 : x.elementCount() % known != 0)
            throw impossible();
        extents[unknown] = known == 0 ? 0 : x.elementCount() / known;
    }
    context.setOutput(0, x.reshaped(Shape(std::move(extents))));
}

void runSqueeze(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::vector<int64_t> axes = context.intsOf("axes", 1);
    const std::vector<bool> named = namedAxes(axes, x.rank());
    std::vector<int64_t> extents;
    for (size_t axis = 0; axis < x.rank(); ++axis) {
        const bool goes = axes.empty() ? x.shape()[axis] == 1 : named[axis];
        if (goes && x.shape()[axis] != 1)
            throw Error(ErrorCode::BadInput,
                        fmt::format("axis {} of {} is not 1", axis, x.toString()));
        if (!goes)
            extents.push_back(x.shape()[axis]);
    }
    context.setOutput(0, x.reshaped(Shape(std::move(extents))));
}

void runUnsqueeze(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::vector<int64_t> axes = context.intsOf("axes", 1);
    const size_t rank = x.rank() + axes.size();
    const std::vector<bool> named = namedAxes(axes, rank);
    if (static_cast<size_t>(std::ranges::count(named, true)) != axes.size())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the axes [{}] name one twice", fmt::join(axes, ", ")));
    std::vector<int64_t> extents;
    for (size_t axis = 0, from = 0; axis < rank; ++axis)
        extents.push_back(named[axis] ? 1 : x.shape()[from++]);
    context.setOutput(0, x.reshaped(Shape(std::move(extents))));
}

}  // namespace clipscope::runtime
