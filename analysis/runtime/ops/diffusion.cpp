// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/diffusion.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/ops/attention_mask.h"
#include "analysis/runtime/ops/binary.h"
#include "analysis/runtime/ops/normalization.h"

namespace clipscope::runtime {
namespace {

bool isChannelsLast(const OpContext& context) {
    return context.attributes().getInt("channels_last", 1) != 0;
}

/// Output 0: x normalised in groups of channels; inputs 1 and 2 scale and shift each channel.
void setGroupNormalized(OpContext& context, const Tensor& x) {
    Device& device = context.device();
    const graph::Attributes& attributes = context.attributes();
    const bool last = isChannelsLast(context);
    if (x.rank() < 3)
        throw Error(
            ErrorCode::BadInput,
            fmt::format("the input {} needs batch, channels and spatial axes", x.toString()));
    Tensor y = groupNormalized(device, last ? toRowMajor(device, x.asChannelsLast()) : x,
                               attributes.getInt("groups"), attributes.getFloat("epsilon", 1e-5f),
                               context.input(1), context.input(2));
    if (attributes.getInt("activation") != 0) {
        Tensor activated = device.allocate(y.type(), y.shape());
        device.unary(UnaryFunction::Swish, {.alpha = 1}, y, activated);
        y = activated;
    }
    context.setOutput(0, last ? toChannelsLast(device, y).inMemoryOrder() : y);
}

/// What has an element per channel, of each batch or of all, as something to be added to x.
Tensor perChannel(const OpContext& context, const Tensor& tensor) {
    const Tensor& x = context.input(0);
    if (tensor.rank() == x.rank() || tensor.rank() > 2)
        return tensor;
    std::vector<int64_t> extents(x.rank(), 1);
    extents.front() = tensor.rank() == 2 ? tensor.shape()[0] : 1;
    extents[isChannelsLast(context) ? x.rank() - 1 : 1] = tensor.shape()[tensor.rank() - 1];
    return tensor.reshaped(Shape(std::move(extents)));
}

}  // namespace

void runGroupNorm(OpContext& context) {
    setGroupNormalized(context, context.input(0));
}

/// Inputs: x, scale, shift, what is added to x first (as x, or batch x channels), and a bias of
/// each channel; output 1 shows the sum.
void runSkipGroupNorm(OpContext& context) {
    Device& device = context.device();
    if (context.input(0).rank() < 3)
        throw Error(ErrorCode::BadInput, "the input needs batch, channels and spatial axes");
    Tensor sum = added(device, context.input(0), perChannel(context, context.input(3)));
    if (const Tensor* bias = context.optionalInput(4))
        sum = added(device, sum, perChannel(context, *bias));
    setGroupNormalized(context, sum);
    if (context.hasOutput(1))
        context.setOutput(1, sum);
}

/// x, the bias of its last axis and a residual.
void runBiasAdd(OpContext& context) {
    Device& device = context.device();
    context.setOutput(
        0, added(device, added(device, context.input(0), context.input(1)), context.input(2)));
}

/// x and its bias split into halves of the last axis: the first times the Gelu of the second.
void runBiasSplitGelu(OpContext& context) {
    Device& device = context.device();
    const Tensor sum = added(device, context.input(0), context.input(1));
    const int64_t width = sum.rank() == 0 ? 0 : sum.shape()[sum.rank() - 1];
    if (width % 2 != 0)
        throw Error(ErrorCode::BadInput, fmt::format("{} has no halves", sum.toString()));
    const Tensor right = columns(device, sum, width / 2, width / 2);
    Tensor gelu = device.allocate(right.type(), right.shape());
    device.unary(UnaryFunction::GeluErf, {}, right, gelu);
    Tensor& y = context.output(0, right.type(), right.shape());
    device.binary(BinaryFunction::Mul, columns(device, sum, 0, width / 2), gelu, y);
}

}  // namespace clipscope::runtime
