// SPDX-License-Identifier: Apache-2.0
// Operators of com.microsoft that are another one followed by an activation.
#include <cmath>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/apply.h"
#include "analysis/runtime/ops/convolution.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/transformer.h"

namespace clipscope::runtime {
namespace {

/// The activation named by the attribute `activation`; x itself where there is none.
Tensor activated(OpContext& context, const Tensor& x, const std::vector<float>& parameters) {
    const std::string name = context.attributes().getString("activation", "");
    const auto parameter = [&](size_t i, double fallback) {
        return i < parameters.size() ? static_cast<double>(parameters[i]) : fallback;
    };
    if (name.empty())
        return x;
    UnaryFunction function = UnaryFunction::Relu;
    UnaryParameters values;
    if (name == "Sigmoid") {
        function = UnaryFunction::Sigmoid;
    } else if (name == "Tanh") {
        function = UnaryFunction::Tanh;
    } else if (name == "LeakyRelu") {
        function = UnaryFunction::LeakyRelu;
        values.alpha = parameter(0, 0.01);
    } else if (name == "Clip") {
        function = UnaryFunction::Clip;
        values = {parameter(0, -HUGE_VAL), parameter(1, HUGE_VAL)};
    } else if (name == "HardSigmoid") {
        function = UnaryFunction::HardSigmoid;
        values = {parameter(0, 0.2), parameter(1, 0.5)};
    } else if (name != "Relu") {
        throw Error(ErrorCode::Unsupported, "the activation '" + name + "' is not supported");
    }
    Tensor y = context.device().allocate(x.type(), x.shape());
    context.device().unary(function, values, x, y);
    return y;
}

/// The operator on the first three inputs, of which the last may be absent.
Tensor appliedToWeights(OpContext& context, void (*run)(OpContext&)) {
    const Tensor bias = context.hasInput(2) ? context.input(2) : Tensor();
    return applied(context, {.run = run, .opset = 11, .constants = constantInputs(context, 3)},
                   {context.input(0), context.input(1), bias})
        .at(0);
}

}  // namespace

/// Input 3 is added before the activation.
void runFusedConv(OpContext& context) {
    Device& device = context.device();
    Tensor y = appliedToWeights(context, runConv);
    if (const Tensor* added = context.optionalInput(3)) {
        Tensor sum = device.allocate(y.type(), y.shape());
        device.binary(BinaryFunction::Add, y, *added, sum);
        y = sum;
    }
    context.setOutput(
        0, activated(context, y, context.attributes().getFloats("activation_params", {})));
}

void runFusedGemm(OpContext& context) {
    const Tensor y = appliedToWeights(context, runGemm);
    const graph::Attributes& attributes = context.attributes();
    std::vector<float> parameters;
    for (const char* name : {"activation_alpha", "activation_beta"})
        if (attributes.has(name))
            parameters.push_back(attributes.getFloat(name, 0));
    context.setOutput(0, activated(context, y, parameters));
}

/// x sigmoid(alpha x)
void runQuickGelu(OpContext& context) {
    const Tensor& x = context.input(0);
    const UnaryParameters alpha{
        static_cast<double>(context.attributes().getFloat("alpha", 1.702f))};
    context.device().unary(UnaryFunction::Swish, alpha, x, context.output(0, x.type(), x.shape()));
}

}  // namespace clipscope::runtime
