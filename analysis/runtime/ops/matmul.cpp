// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/matmul.h"

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

[[noreturn]] void cannotMultiply(const Tensor& a, const Tensor& b) {
    throw Error(ErrorCode::BadInput, fmt::format("{} and {} cannot be multiplied",
                                                 a.shape().toString(), b.shape().toString()));
}

Shape leading(const Shape& shape) {
    return Shape({shape.begin(), shape.end() - 2});
}

}  // namespace

void runGemm(OpContext& context) {
    const Tensor& a = context.input(0);
    const Tensor& b = context.input(1);
    const Tensor* c = context.optionalInput(2);
    MatmulParameters parameters;
    parameters.transposeA = context.attributes().getInt("transA", 0) != 0;
    parameters.transposeB = context.attributes().getInt("transB", 0) != 0;
    parameters.alpha = context.attributes().getFloat("alpha", 1);
    parameters.beta = context.attributes().getFloat("beta", 1);
    parameters.bIsConstant = context.isConstant(1);
    if (a.rank() != 2 || b.rank() != 2 ||
        a.shape()[parameters.transposeA ? 0 : 1] != b.shape()[parameters.transposeB ? 1 : 0])
        cannotMultiply(a, b);
    const Shape shape{a.shape()[parameters.transposeA ? 1 : 0],
                      b.shape()[parameters.transposeB ? 0 : 1]};
    if (c && broadcast(c->shape(), shape) != shape)
        throw Error(ErrorCode::BadInput, fmt::format("C {} cannot be broadcast to {}",
                                                     c->shape().toString(), shape.toString()));
    Tensor& y = context.output(0, a.type(), shape);
    context.device().matmul(parameters, a, b, c, y, context.state());
}

void runMatMul(OpContext& context) {
    Tensor a = context.input(0);
    Tensor b = context.input(1);
    if (a.rank() == 0 || b.rank() == 0)
        cannotMultiply(a, b);
    const bool aIsVector = a.rank() == 1;
    const bool bIsVector = b.rank() == 1;
    if (aIsVector)
        a = a.reshaped({1, a.shape()[0]});
    if (bIsVector)
        b = b.reshaped({b.shape()[0], 1});
    if (a.shape()[a.rank() - 1] != b.shape()[b.rank() - 2])
        cannotMultiply(context.input(0), context.input(1));
    std::vector<int64_t> full = broadcast(leading(a.shape()), leading(b.shape())).extents();
    std::vector<int64_t> visible = full;
    full.insert(full.end(), {a.shape()[a.rank() - 2], b.shape()[b.rank() - 1]});
    if (!aIsVector)
        visible.push_back(full[full.size() - 2]);
    if (!bIsVector)
        visible.push_back(full.back());
    MatmulParameters parameters;
    parameters.bIsConstant = context.isConstant(1);
    Tensor y = context.output(0, a.type(), Shape(visible)).reshaped(Shape(full));
    context.device().matmul(parameters, a, b, nullptr, y, context.state());
}

}  // namespace clipscope::runtime
