// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/softmax.h"

#include <numeric>

#include "analysis/runtime/cpu/require_float32.h"
#include "analysis/runtime/ops/double_precision.h"

namespace clipscope::runtime {
namespace {

size_t axisOf(const OpContext& context, int64_t fallback) {
    return normalizeAxis(context.attributes().getInt("axis", fallback), context.input(0).rank());
}

/// Two axes: those before `axis`, and those from it.
Shape flattened(const Shape& shape, size_t axis) {
    return {shape.elementCount(0, axis), shape.elementCount(axis, shape.rank())};
}

void setDouble(OpContext& context, const Tensor& y) {
    context.setOutput(0, context.device().fromHost(y.reshaped(context.input(0).shape())));
}

void softmaxAlong(OpContext& context, bool log) {
    const Tensor& x = context.input(0);
    const size_t axis = axisOf(context, -1);
    if (x.type() == DType::Float64)
        return setDouble(context, softmaxInDouble(context.device().toHost(x), axis, log));
    context.device().softmax(x, axis, log, context.output(0, x.type(), x.shape()));
}

void softmaxFlattened(OpContext& context, bool log) {
    const Tensor& x = context.input(0);
    const Shape flat = flattened(x.shape(), axisOf(context, 1));
    if (x.type() == DType::Float64)
        return setDouble(context,
                         softmaxInDouble(context.device().toHost(x.reshaped(flat)), 1, log));
    Tensor y = context.output(0, x.type(), x.shape()).reshaped(flat);
    context.device().softmax(x.reshaped(flat), 1, log, y);
}

/// 1 at the first maximum along `axis`, 0 elsewhere.
void hardmax(OpContext& context, const Tensor& x, size_t axis) {
    Device& device = context.device();
    if (x.type() != DType::Float64)
        requireFloat32("Hardmax", {&x});
    Shape shape = x.shape();
    shape[axis] = 1;
    Tensor largest = device.allocate(DType::Int64, shape);
    if (x.elementCount() > 0)
        device.argExtreme(true, false, axis, x, largest);
    std::vector<int64_t> extents(x.rank(), 1);
    extents[axis] = x.shape()[axis];
    Tensor positions(DType::Int64, Shape(std::move(extents)));
    std::iota(positions.mutableValues<int64_t>().begin(), positions.mutableValues<int64_t>().end(),
              int64_t{0});
    Tensor isLargest = device.allocate(DType::Bool, x.shape());
    device.binary(BinaryFunction::Equal, device.fromHost(positions), largest, isLargest);
    Tensor y = device.allocate(x.type(), x.shape());
    device.cast(isLargest, y);
    context.setOutput(0, y.reshaped(context.input(0).shape()));
}

}  // namespace

void runSoftmax(OpContext& context) {
    softmaxAlong(context, false);
}

void runSoftmaxFlattened(OpContext& context) {
    softmaxFlattened(context, false);
}

void runLogSoftmax(OpContext& context) {
    softmaxAlong(context, true);
}

void runLogSoftmaxFlattened(OpContext& context) {
    softmaxFlattened(context, true);
}

void runHardmax(OpContext& context) {
    hardmax(context, context.input(0), axisOf(context, -1));
}

void runHardmaxFlattened(OpContext& context) {
    const Tensor& x = context.input(0);
    hardmax(context, x.reshaped(flattened(x.shape(), axisOf(context, 1))), 1);
}

}  // namespace clipscope::runtime
