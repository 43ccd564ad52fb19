// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/attention_core.h"

#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/double_precision.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// batch x heads x ... as batch x groups x heads of a group x ...
Tensor grouped(const Tensor& x, int64_t groups) {
    const Shape& s = x.shape();
    return x.reshaped({s[0], groups, s[1] / groups, s[2], s[3]});
}

Tensor capped(Device& device, const Tensor& scores, double softcap) {
    const Tensor cap = scalarOf(device, softcap, scores.type());
    Tensor divided = device.allocate(scores.type(), scores.shape());
    device.binary(BinaryFunction::Div, scores, cap, divided);
    Tensor bounded = device.allocate(scores.type(), scores.shape());
    device.unary(UnaryFunction::Tanh, {}, divided, bounded);
    Tensor result = device.allocate(scores.type(), scores.shape());
    device.binary(BinaryFunction::Mul, bounded, cap, result);
    return result;
}

/// scale q k', whose alpha is a float32.
Tensor productsOf(Device& device, double scale, const Tensor& q, const Tensor& k,
                  const Shape& shape) {
    const bool isDouble = q.type() == DType::Float64;
    Tensor scaled = q;
    if (isDouble) {
        scaled = device.allocate(q.type(), q.shape());
        device.binary(BinaryFunction::Mul, q, scalarOf(device, scale, q.type()), scaled);
    }
    Tensor products = device.allocate(q.type(), shape);
    NodeState state;
    device.matmul({.transposeB = true, .alpha = isDouble ? 1 : static_cast<float>(scale)},
                  grouped(scaled, k.shape()[1]), grouped(k, k.shape()[1]), nullptr, products,
                  state);
    return products;
}

Tensor softmaxOf(Device& device, const Tensor& scores) {
    if (scores.type() == DType::Float64)
        return device.fromHost(softmaxInDouble(device.toHost(scores), 3, false));
    Tensor probabilities = device.allocate(scores.type(), scores.shape());
    device.softmax(scores, 3, false, probabilities);
    return probabilities;
}

void requireFit(const Tensor& q, const Tensor& k, const Tensor& v) {
    bool fits = q.rank() == 4 && k.rank() == 4 && v.rank() == 4;
    if (fits) {
        const Shape& a = q.shape();
        const Shape& b = k.shape();
        const Shape& c = v.shape();
        fits = a[0] == b[0] && a[0] == c[0] && b[1] == c[1] && b[1] > 0 && a[1] % b[1] == 0 &&
               a[3] == b[3] && b[2] == c[2];
    }
    if (!fits)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the queries {}, keys {} and values {} do not fit together",
                                q.shape().toString(), k.shape().toString(), v.shape().toString()));
}

}  // namespace

AttentionResult attend(Device& device, const AttentionParameters& parameters, const Tensor& q,
                       const Tensor& k, const Tensor& v) {
    requireFit(q, k, v);
    const int64_t groups = k.shape()[1];
    const int64_t perGroup = q.shape()[1] / groups;
    const Shape scoreShape{q.shape()[0], q.shape()[1], q.shape()[2], k.shape()[2]};
    const Shape groupedShape{scoreShape[0], groups, perGroup, scoreShape[2], scoreShape[3]};
    AttentionResult result;
    const auto show = [&](ShownScores stage, const Tensor& scores) {
        if (parameters.shown == stage)
            result.scores = scores;
    };
    Tensor scores = productsOf(device, parameters.scale, q, k, groupedShape).reshaped(scoreShape);
    show(ShownScores::Products, scores);
    if (parameters.softcap > 0 && parameters.capsBeforeBias)
        scores = capped(device, scores, parameters.softcap);
    if (parameters.bias) {
        Tensor biased = device.allocate(q.type(), scoreShape);
        device.binary(BinaryFunction::Add, scores, *parameters.bias, biased);
        scores = biased;
    }
    show(ShownScores::Biased, scores);
    if (parameters.softcap > 0 && !parameters.capsBeforeBias)
        scores = capped(device, scores, parameters.softcap);
    show(ShownScores::Capped, scores);
    const Tensor probabilities = softmaxOf(device, scores);
    show(ShownScores::Probabilities, probabilities);
    Tensor y =
        device.allocate(q.type(), {scoreShape[0], groups, perGroup, scoreShape[2], v.shape()[3]});
    NodeState state;
    device.matmul({}, grouped(probabilities, groups), grouped(v, groups), nullptr, y, state);
    result.y = y.reshaped({scoreShape[0], scoreShape[1], scoreShape[2], v.shape()[3]});
    return result;
}

double defaultScale(const Tensor& q) {
    const int64_t size = q.shape()[3];
    return q.type() == DType::Float64 ? 1 / std::sqrt(static_cast<double>(size))
                                      : 1 / std::sqrt(static_cast<float>(size));
}

Tensor splitHeads(Device& device, const Tensor& x, int64_t heads) {
    const Shape& s = x.shape();
    if (x.rank() != 3 || heads < 1 || s[2] % heads != 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} cannot be split into {} heads", s.toString(), heads));
    Tensor y = device.allocate(x.type(), {s[0], heads, s[1], s[2] / heads});
    copyPermuted(device, x.reshaped({s[0], s[1], heads, s[2] / heads}), {0, 2, 1, 3}, y);
    return y;
}

Tensor joinHeads(Device& device, const Tensor& x) {
    const Shape& s = x.shape();
    Tensor y = device.allocate(x.type(), {s[0], s[2], s[1], s[3]});
    copyPermuted(device, x, {0, 2, 1, 3}, y);
    return y.reshaped({s[0], s[2], s[1] * s[3]});
}

Tensor appended(Device& device, const Tensor* past, const Tensor& x) {
    if (!past)
        return x;
    Shape shape = x.shape();
    Shape expected = past->shape();
    if (past->rank() != 4 || x.rank() != 4 || past->type() != x.type())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the past {} does not fit {}", past->toString(), x.toString()));
    expected[2] = x.shape()[2];
    if (expected != x.shape())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the past {} does not fit {}", past->toString(), x.toString()));
    shape[2] += past->shape()[2];
    Tensor y = device.allocate(x.type(), shape);
    StridedView to = wholeView(shape);
    device.copyStrided(past->shape(), *past, wholeView(past->shape()), y, to);
    to.offset = past->shape()[2] * to.strides[2];
    device.copyStrided(x.shape(), x, wholeView(x.shape()), y, to);
    return y;
}

}  // namespace clipscope::runtime
