// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/apply.h"

#include <memory>

#include "analysis/runtime/channels_last.h"

namespace clipscope::runtime {

std::vector<Tensor> applied(OpContext& context, const Application& application,
                            std::vector<Tensor> inputs) {
    graph::Node node;
    node.attributes = context.attributes();
    node.opset = application.opset;
    node.inputs.resize(inputs.size());
    for (size_t i = 0; i < application.outputs; ++i)
        node.outputs.emplace_back(i);
    const auto isConstant = std::make_unique<bool[]>(inputs.size());
    for (const size_t i : application.constants)
        isConstant[i] = true;
    OpContext inner(node, context.device(), inputs, {isConstant.get(), inputs.size()},
                    application.state ? *application.state : context.state());
    application.run(inner);
    std::vector<Tensor> outputs = inner.takeOutputs();
    for (Tensor& output : outputs)
        if (!application.anyLayout)
            output = toRowMajor(context.device(), output);
    return outputs;
}

std::vector<size_t> constantInputs(const OpContext& context, size_t count) {
    std::vector<size_t> constants;
    for (size_t i = 0; i < count; ++i)
        if (context.isConstant(i))
            constants.push_back(i);
    return constants;
}

}  // namespace clipscope::runtime
