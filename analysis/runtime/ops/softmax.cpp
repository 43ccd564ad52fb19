// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/softmax.h"

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

template <typename T>
void markMaxima(const Tensor& x, size_t axis, Tensor& y) {
    const auto from = x.values<T>();
    const auto to = y.mutableValues<T>();
    const auto length = static_cast<size_t>(x.shape()[axis]);
    const auto stride = static_cast<size_t>(x.shape().elementCount(axis + 1, x.rank()));
    for (size_t first = 0; first < from.size(); first += length * stride)
        for (size_t i = first; i < first + stride; ++i) {
            size_t best = 0;
            for (size_t k = 1; k < length; ++k)
                if (from[i + k * stride] > from[i + best * stride])
                    best = k;
            for (size_t k = 0; k < length; ++k)
                to[i + k * stride] = k == best;
        }
}

/// 1 at the first maximum along `axis`, 0 elsewhere; on the host.
void hardmax(const Tensor& x, size_t axis, Tensor& y) {
    if (x.type() == DType::Float64)
        return markMaxima<double>(x, axis, y);
    requireFloat32("Hardmax", {&x});
    markMaxima<float>(x, axis, y);
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
    const Tensor& x = context.input(0);
    Tensor y(x.type(), x.shape());
    hardmax(x, axisOf(context, -1), y);
    context.setOutput(0, y);
}

void runHardmaxFlattened(OpContext& context) {
    const Tensor& x = context.input(0);
    const Shape flat = flattened(x.shape(), axisOf(context, 1));
    Tensor y(x.type(), flat);
    hardmax(x.reshaped(flat), 1, y);
    context.setOutput(0, y.reshaped(x.shape()));
}

}  // namespace clipscope::runtime
