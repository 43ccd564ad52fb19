// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

/// How an operator is run inside another one, which is made of it.
struct Application {
    void (*run)(OpContext&) = nullptr;
    int opset = 1;
    std::vector<size_t> constants;  ///< inputs that are the same in every run
    size_t outputs = 1;
    NodeState* state = nullptr;  ///< null: that of the outer operator
    bool anyLayout = false;      ///< outputs stay as they lie; else they become row-major
};

/// The outputs of another operator's function on these inputs (undefined ones are absent), with the
/// attributes of the context's node; those that it does not make are undefined.
std::vector<Tensor> applied(OpContext& context, const Application& application,
                            std::vector<Tensor> inputs);

/// Which of the inputs [0, count) are the same in every run.
std::vector<size_t> constantInputs(const OpContext& context, size_t count);

}  // namespace clipscope::runtime
