// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

/// Output 0 of another operator's function on these inputs (undefined ones are absent), with the
/// attributes of the context's node: what an operator that wraps another is made of. `constants`
/// says which inputs are the same in every run; there are none where it is empty.
Tensor applied(OpContext& context, void (*run)(OpContext&), std::vector<Tensor> inputs, int opset,
               std::vector<size_t> constants = {});

/// The same for an operator with more outputs; those that it does not make are undefined.
std::vector<Tensor> appliedAll(OpContext& context, void (*run)(OpContext&),
                               std::vector<Tensor> inputs, int opset, size_t outputs,
                               std::vector<size_t> constants = {});

}  // namespace clipscope::runtime
