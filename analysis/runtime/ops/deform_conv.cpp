// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/functors/deform.h"
#include "analysis/runtime/ops/sampling.h"
#include "analysis/runtime/ops/spatial.h"

namespace clipscope::runtime {
namespace {

DeformForm formOf(const OpContext& context, int64_t groups) {
    const Tensor& x = context.input(0);
    const Tensor& weights = context.input(1);
    const Tensor& offsets = context.input(2);
    const auto fail = [&] {
        return Error(ErrorCode::BadInput,
                     fmt::format("input {}, weights {} and offsets {} do not fit together",
                                 x.toString(), weights.toString(), offsets.toString()));
    };
    const auto isOfAnotherType = [&](const Tensor* tensor) {
        return tensor && tensor->type() != x.type();
    };
    const Tensor* mask = context.optionalInput(4);
    if (x.rank() != 4 || weights.rank() != 4 || isOfAnotherType(&weights) ||
        isOfAnotherType(&offsets) || isOfAnotherType(context.optionalInput(3)) ||
        isOfAnotherType(mask))
        throw fail();
    const SpatialWindow window = slidingWindow(
        context.attributes(), spatialExtents(weights.shape()), spatialExtents(x.shape()));
    DeformForm form;
    form.channels = x.shape()[1];
    form.height = x.shape()[2];
    form.width = x.shape()[3];
    form.offsetGroups = context.attributes().getInt("offset_group", 1);
    std::ranges::copy(window.kernel, form.kernel);
    std::ranges::copy(window.strides, form.strides);
    std::ranges::copy(window.dilations, form.dilations);
    std::ranges::copy(window.padsBegin, form.pads);
    std::ranges::copy(window.output, form.outputs);
    if (groups < 1 || form.offsetGroups < 1 || form.channels != weights.shape()[1] * groups ||
        weights.shape()[0] % groups != 0 || form.channels % form.offsetGroups != 0 ||
        offsets.elementCount() !=
            x.shape()[0] * form.offsetGroups * form.taps() * 2 * form.positions() ||
        (mask && mask->elementCount() * 2 != offsets.elementCount()))
        throw fail();
    return form;
}

}  // namespace

void runDeformConv(OpContext& context) {
    const int64_t groups = context.attributes().getInt("group", 1);
    const DeformForm form = formOf(context, groups);
    Device& device = context.device();
    const Tensor& x = context.input(0);
    const Tensor& weights = context.input(1);
    const Tensor& offsets = context.input(2);
    const Tensor* bias = context.optionalInput(3);
    const Tensor* mask = context.optionalInput(4);
    const int64_t batches = x.shape()[0];
    const int64_t outputs = weights.shape()[0];
    if (bias && bias->elementCount() != outputs)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the bias {} does not fit {} outputs", bias->toString(), outputs));
    const int64_t rows = form.channels / groups * form.taps();
    const Tensor matrix = weights.reshaped({groups, outputs / groups, rows});
    Tensor y = device.allocate(x.type(), {batches, groups, outputs / groups, form.positions()});
    for (int64_t n = 0; n < batches; ++n) {
        const Tensor own = mask ? mask->rows(n, n + 1) : Tensor();
        Tensor columns = device.allocate(x.type(), {groups, rows, form.positions()});
        device.deformColumns(form, x.rows(n, n + 1), offsets.rows(n, n + 1), mask ? &own : nullptr,
                             columns);
        Tensor product = y.rows(n, n + 1).reshaped({groups, outputs / groups, form.positions()});
        NodeState state;
        device.matmul({}, matrix, columns, nullptr, product, state);
    }
    y = y.reshaped({batches, outputs, form.outputs[0], form.outputs[1]});
    if (bias) {
        const Tensor sums = y;
        y = device.allocate(x.type(), sums.shape());
        device.binary(BinaryFunction::Add, sums, bias->reshaped({1, outputs, 1, 1}), y);
    }
    context.setOutput(0, y);
}

}  // namespace clipscope::runtime
