// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/reduce.h"

namespace clipscope::runtime {

void runCumSum(OpContext& context) {
    const Tensor& x = context.input(0);
    const size_t axis = normalizeAxis(context.ints(1).at(0), x.rank());
    const bool exclusive = context.attributes().getInt("exclusive", 0) != 0;
    const bool reverse = context.attributes().getInt("reverse", 0) != 0;
    context.device().cumulate(axis, exclusive, reverse, x, context.output(0, x.type(), x.shape()));
}

}  // namespace clipscope::runtime
