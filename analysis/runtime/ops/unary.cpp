// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/unary.h"

#include <cmath>
#include <limits>

#include "analysis/base/error.h"
#include "analysis/runtime/element_types.h"

namespace clipscope::runtime {
namespace {

void apply(OpContext& context, UnaryFunction function, double alpha, double beta = 0) {
    const Tensor& x = context.input(0);
    context.device().unary(function, {alpha, beta}, x, context.output(0, x.type(), x.shape()));
}

double attribute(const OpContext& context, std::string_view name, float fallback) {
    return context.attributes().getFloat(name, fallback);
}

/// What Clip takes where a bound is absent: nothing is beyond it.
UnaryParameters widestBounds(DType type) {
    UnaryParameters bounds{-HUGE_VAL, HUGE_VAL};
    visitElementType(type, [&]<typename T>() {
        if constexpr (std::is_integral_v<T>)
            bounds = {static_cast<double>(std::numeric_limits<T>::min()),
                      static_cast<double>(std::numeric_limits<T>::max())};
    });
    return bounds;
}

const Tensor* scalarInput(const OpContext& context, size_t i, DType type) {
    const Tensor* tensor = context.optionalInput(i);
    if (tensor && (tensor->elementCount() != 1 || tensor->type() != type))
        throw Error(ErrorCode::BadInput,
                    "the bound " + tensor->toString() + " is not one element of the input's type");
    return tensor;
}

/// 64-bit integers do not fit the double parameters of a unary function.
void clip64(OpContext& context, const Tensor* low, const Tensor* high) {
    Tensor x = context.input(0);
    Device& device = context.device();
    for (const auto& [bound, function] :
         {std::pair{low, BinaryFunction::Max}, std::pair{high, BinaryFunction::Min}}) {
        if (!bound)
            continue;
        Tensor y = device.allocate(x.type(), x.shape());
        device.binary(function, x, bound->reshaped({}), y);
        x = y;
    }
    context.setOutput(0, x);
}

}  // namespace

void runCelu(OpContext& context) {
    apply(context, UnaryFunction::Celu, attribute(context, "alpha", 1));
}

void runClip(OpContext& context) {
    const DType type = context.input(0).type();
    if (context.opset() < 11)
        return apply(context, UnaryFunction::Clip,
                     attribute(context, "min", std::numeric_limits<float>::lowest()),
                     attribute(context, "max", std::numeric_limits<float>::max()));
    const Tensor* low = scalarInput(context, 1, type);
    const Tensor* high = scalarInput(context, 2, type);
    if (type == DType::Int64 || type == DType::UInt64)
        return clip64(context, low, high);
    UnaryParameters bounds = widestBounds(type);
    if (low)
        bounds.alpha = toDoubles(context.device().toHost(*low))[0];
    if (high)
        bounds.beta = toDoubles(context.device().toHost(*high))[0];
    apply(context, UnaryFunction::Clip, bounds.alpha, bounds.beta);
}

void runElu(OpContext& context) {
    apply(context, UnaryFunction::Elu, attribute(context, "alpha", 1));
}

void runGelu(OpContext& context) {
    const std::string approximate = context.attributes().getString("approximate", "none");
    if (approximate != "none" && approximate != "tanh")
        throw Error(ErrorCode::BadInput, "there is no approximation '" + approximate + "'");
    apply(context, approximate == "tanh" ? UnaryFunction::GeluTanh : UnaryFunction::GeluErf, 0);
}

void runHardSigmoid(OpContext& context) {
    apply(context, UnaryFunction::HardSigmoid, attribute(context, "alpha", 0.2f),
          attribute(context, "beta", 0.5f));
}

void runIsInf(OpContext& context) {
    const Tensor& x = context.input(0);
    const auto negative = static_cast<double>(context.attributes().getInt("detect_negative", 1));
    const auto positive = static_cast<double>(context.attributes().getInt("detect_positive", 1));
    context.device().unary(UnaryFunction::IsInf, {negative, positive}, x,
                           context.output(0, DType::Bool, x.shape()));
}

void runLeakyRelu(OpContext& context) {
    apply(context, UnaryFunction::LeakyRelu, attribute(context, "alpha", 0.01f));
}

void runSelu(OpContext& context) {
    apply(context, UnaryFunction::Selu, attribute(context, "alpha", 1.67326319f),
          attribute(context, "gamma", 1.05070102f));
}

void runShrink(OpContext& context) {
    apply(context, UnaryFunction::Shrink, attribute(context, "lambd", 0.5f),
          attribute(context, "bias", 0));
}

void runSwish(OpContext& context) {
    apply(context, UnaryFunction::Swish, attribute(context, "alpha", 1));
}

void runThresholdedRelu(OpContext& context) {
    apply(context, UnaryFunction::ThresholdedRelu, attribute(context, "alpha", 1));
}

}  // namespace clipscope::runtime
