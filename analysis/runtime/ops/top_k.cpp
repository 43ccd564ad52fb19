// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/selection.h"

namespace clipscope::runtime {

void runTopK(OpContext& context) {
    const Tensor& x = context.input(0);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", -1), x.rank());
    const int64_t k =
        context.opset() < 10 ? context.attributes().getInt("k") : context.ints(1).at(0);
    if (k < 0 || k > x.shape()[axis])
        throw Error(ErrorCode::BadInput, fmt::format("the {} largest of {} along axis {} are asked",
                                                     k, x.toString(), axis));
    Shape shape = x.shape();
    shape[axis] = k;
    Tensor& values = context.output(0, x.type(), shape);
    Tensor& indices = context.output(1, DType::Int64, shape);
    context.device().selectTop(axis, context.attributes().getInt("largest", 1) != 0, x, values,
                               indices);
}

}  // namespace clipscope::runtime
