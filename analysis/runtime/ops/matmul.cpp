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

ProductForm productForm(const MatmulParameters& parameters, const Tensor& first,
                        const Tensor& second) {
    if (first.rank() == 0 || second.rank() == 0)
        cannotMultiply(first, second);
    const bool aIsVector = first.rank() == 1;
    const bool bIsVector = second.rank() == 1;
    ProductForm form{aIsVector ? first.reshaped({1, first.shape()[0]}) : first,
                     bIsVector ? second.reshaped({second.shape()[0], 1}) : second,
                     parameters,
                     {},
                     {}};
    form.parameters.transposeA = parameters.transposeA && !aIsVector;
    form.parameters.transposeB = parameters.transposeB && !bIsVector;
    const Shape& a = form.a.shape();
    const Shape& b = form.b.shape();
    const size_t rowAxis = a.rank() - (form.parameters.transposeA ? 1 : 2);
    const size_t columnAxis = b.rank() - (form.parameters.transposeB ? 2 : 1);
    if (a[2 * a.rank() - 3 - rowAxis] != b[2 * b.rank() - 3 - columnAxis])
        cannotMultiply(first, second);
    std::vector<int64_t> full = broadcast(leading(a), leading(b)).extents();
    std::vector<int64_t> visible = full;
    full.insert(full.end(), {a[rowAxis], b[columnAxis]});
    if (!aIsVector)
        visible.push_back(full[full.size() - 2]);
    if (!bIsVector)
        visible.push_back(full.back());
    form.y = Shape(std::move(full));
    form.visible = Shape(std::move(visible));
    return form;
}

Tensor matrixProduct(Device& device, const MatmulParameters& parameters, const Tensor& a,
                     const Tensor& b, NodeState& state) {
    const ProductForm form = productForm(parameters, a, b);
    Tensor y = device.allocate(a.type(), form.y);
    device.matmul(form.parameters, form.a, form.b, nullptr, y, state);
    return y.reshaped(form.visible);
}

void runMatMul(OpContext& context) {
    MatmulParameters parameters;
    parameters.bIsConstant = context.isConstant(1);
    context.setOutput(0, matrixProduct(context.device(), parameters, context.input(0),
                                       context.input(1), context.state()));
}

}  // namespace clipscope::runtime
