// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/loss.h"

#include <optional>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/double_precision.h"

namespace clipscope::runtime {
namespace {

/// -weight[target] * x[target] for each position, and its weight; both 0 where ignored.
struct Losses {
    std::vector<double> values;
    double weights = 0;
};

/// x is N x C x positions, targets are N x positions.
Losses lossesOf(const OpContext& context, const Tensor& x, const Tensor& targets,
                const Tensor* weights) {
    const auto classes = static_cast<size_t>(x.shape()[1]);
    const auto positions = static_cast<size_t>(x.shape().elementCount(2, x.rank()));
    std::optional<int64_t> ignored;
    if (context.attributes().has("ignore_index"))
        ignored = context.attributes().getInt("ignore_index");
    const std::vector<double> scores = toDoubles(x);
    const std::vector<double> factors =
        weights ? toDoubles(*weights) : std::vector<double>(classes, 1);
    Losses losses;
    for (const int64_t target : toInt64s(targets)) {
        const size_t i = losses.values.size();
        if (target == ignored) {
            losses.values.push_back(0);
            continue;
        }
        if (target < 0 || target >= static_cast<int64_t>(classes))
            throw Error(ErrorCode::BadInput,
                        fmt::format("the target {} is none of {} classes", target, classes));
        const auto c = static_cast<size_t>(target);
        const size_t at = (i / positions * classes + c) * positions + i % positions;
        losses.values.push_back(-factors[c] * scores[at]);
        losses.weights += factors[c];
    }
    return losses;
}

void requireFit(const Tensor& x, const Tensor& targets, const Tensor* weights) {
    std::vector<int64_t> expected = x.shape().extents();
    if (x.rank() >= 2)
        expected.erase(expected.begin() + 1);
    if (x.rank() < 2 || targets.shape() != Shape(expected) ||
        (weights && weights->shape() != Shape{x.shape()[1]}))
        throw Error(ErrorCode::BadInput, fmt::format("the scores {} do not fit the targets {}",
                                                     x.toString(), targets.toString()));
}

void reduceLoss(OpContext& context, const Tensor& logarithms) {
    const Tensor& targets = context.input(1);
    const Tensor* weights = context.optionalInput(2);
    requireFit(logarithms, targets, weights);
    const std::string reduction = context.attributes().getString("reduction", "mean");
    const Losses losses = lossesOf(context, logarithms, targets, weights);
    const auto set = [&](const Tensor& y) {
        context.setOutput(0,
                          context.device().fromHost(convertedOnHost(y, context.input(0).type())));
    };
    if (reduction == "none")
        return set(Tensor::of<double>(targets.shape(), std::span(losses.values)));
    if (reduction != "mean" && reduction != "sum")
        throw Error(ErrorCode::BadInput, "there is no reduction '" + reduction + "'");
    double sum = 0;
    for (const double value : losses.values)
        sum += value;
    if (reduction == "mean")
        sum /= losses.weights;
    set(Tensor::scalar(sum));
}

}  // namespace

void runNegativeLogLikelihoodLoss(OpContext& context) {
    reduceLoss(context, context.input(0));
}

void runSoftmaxCrossEntropyLoss(OpContext& context) {
    Device& device = context.device();
    const Tensor& x = context.input(0);
    if (x.rank() < 2)
        throw Error(ErrorCode::BadInput, "the scores " + x.toString() + " have no classes");
    Tensor logarithms;
    if (x.type() == DType::Float64) {
        logarithms = softmaxInDouble(x, 1, true);
    } else {
        logarithms = device.allocate(x.type(), x.shape());
        device.softmax(x, 1, true, logarithms);
    }
    reduceLoss(context, logarithms);
    if (context.hasOutput(1))
        context.setOutput(1, logarithms);
}

}  // namespace clipscope::runtime
