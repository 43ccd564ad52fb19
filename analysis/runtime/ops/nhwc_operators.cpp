// SPDX-License-Identifier: Apache-2.0
// Operators of com.microsoft on tensors whose last axis is that of the channels: ONNX's own on the
// same elements, seen as channels-last tensors.
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/ops/apply.h"
#include "analysis/runtime/ops/convolution.h"
#include "analysis/runtime/ops/diffusion.h"
#include "analysis/runtime/ops/integer_products.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/ops/pool.h"
#include "analysis/runtime/ops/quantized_operators.h"

namespace clipscope::runtime {
namespace {

constexpr int kOpset = 13;  // where attributes are as these operators have them

void runChannelsLast(OpContext& context, const Application& application,
                     std::vector<Tensor> inputs) {
    const Tensor& x = context.input(0);
    if (x.rank() < 3)
        throw Error(
            ErrorCode::BadInput,
            fmt::format("the input {} needs batch, spatial and channel axes", x.toString()));
    inputs[0] = toRowMajor(context.device(), x).asChannelsLast();
    const Tensor y = applied(context, application, std::move(inputs)).at(0);
    context.setOutput(0, toChannelsLast(context.device(), y).inMemoryOrder());
}

void runChannelsLast(OpContext& context, void (*run)(OpContext&)) {
    std::vector<Tensor> inputs;
    for (size_t i = 0; i < context.inputCount(); ++i)
        inputs.push_back(context.hasInput(i) ? context.input(i) : Tensor());
    runChannelsLast(context,
                    {.run = run,
                     .opset = kOpset,
                     .constants = constantInputs(context, context.inputCount()),
                     .anyLayout = true},
                    std::move(inputs));
}

/// With the attribute channels_last, or as they are.
void runEither(OpContext& context, void (*run)(OpContext&)) {
    if (context.attributes().getInt("channels_last", 0) != 0)
        runChannelsLast(context, run);
    else
        run(context);
}

}  // namespace

void runMicrosoftQLinearConv(OpContext& context) {
    runEither(context, runQLinearConv);
}

void runMicrosoftQLinearAveragePool(OpContext& context) {
    runEither(context, runQLinearAveragePool);
}

void runMicrosoftQLinearGlobalAveragePool(OpContext& context) {
    runEither(context, runQLinearGlobalAveragePool);
}

/// The weights lie as x does: outputs x spatial x channels.
void runNhwcConv(OpContext& context) {
    struct Kept {
        Tensor weights;  // in ONNX's order
        NodeState convolution;
    };
    Device& device = context.device();
    auto& kept = keptState<Kept>(context.state());
    const Tensor& weights = context.input(1);
    if (weights.rank() < 3)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the weights {} need spatial axes", weights.toString()));
    if (!kept.weights.isDefined() || !context.isConstant(1))
        kept.weights = toRowMajor(device, weights.asChannelsLast());
    const Application convolution{.run = runConv,
                                  .opset = kOpset,
                                  .constants = constantInputs(context, 3),
                                  .state = &kept.convolution,
                                  .anyLayout = true};
    const Tensor bias = context.hasInput(2) ? context.input(2) : Tensor();
    runChannelsLast(context, convolution, {context.input(0), kept.weights, bias});
}

void runNhwcMaxPool(OpContext& context) {
    runChannelsLast(context, runMaxPool);
}

}  // namespace clipscope::runtime
