// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/apply.h"

#include <memory>

namespace clipscope::runtime {

std::vector<Tensor> appliedAll(OpContext& context, void (*run)(OpContext&),
                               std::vector<Tensor> inputs, int opset, size_t outputs,
                               std::vector<size_t> constants) {
    graph::Node node;
    node.attributes = context.attributes();
    node.opset = opset;
    node.inputs.resize(inputs.size());
    for (size_t i = 0; i < outputs; ++i)
        node.outputs.emplace_back(i);
    const auto isConstant = std::make_unique<bool[]>(inputs.size());
    for (const size_t i : constants)
        isConstant[i] = true;
    OpContext inner(node, context.device(), inputs, {isConstant.get(), inputs.size()},
                    context.state());
    run(inner);
    return inner.takeOutputs();
}

Tensor applied(OpContext& context, void (*run)(OpContext&), std::vector<Tensor> inputs, int opset,
               std::vector<size_t> constants) {
    return appliedAll(context, run, std::move(inputs), opset, 1, std::move(constants)).at(0);
}

}  // namespace clipscope::runtime
