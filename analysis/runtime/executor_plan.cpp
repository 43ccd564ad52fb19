// SPDX-License-Identifier: Apache-2.0
// What an executor finds out before it runs: which nodes are constant, what is freed after each of
// the others, and which of them may be computed with the one before.
#include <algorithm>
#include <map>
#include <utility>

#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/derived_values.h"
#include "analysis/runtime/executor_steps.h"

namespace clipscope::runtime {

using graph::Node;
using graph::ValueId;

/// The same steps, of which nothing has run.
std::vector<Executor::Step> Executor::unused(const std::vector<Step>& steps) {
    std::vector<Step> result;
    for (const Step& step : steps) {
        Step& made = result.emplace_back();
        made.node = step.node;
        made.row = step.row;
        made.lastReads = step.lastReads;
        made.clamp = step.clamp;
        for (const std::vector<Step>& body : step.bodies)
            made.bodies.push_back(unused(body));
    }
    return result;
}

bool Executor::isConstant(ValueId id) const {
    return m_constants[id.value()].isDefined();
}

bool Executor::isConstant(const Node& node) const {
    const auto constant = [&](ValueId id) { return !id.isValid() || isConstant(id); };
    return std::ranges::all_of(node.inputs, constant) &&
           std::ranges::all_of(node.captured, constant);
}

/// The steps that run each time; those that are constant run here, once.
std::vector<Executor::Step> Executor::prepare(const std::vector<Node>& nodes, Run& folding) {
    std::vector<Step> steps;
    for (const Node& node : nodes) {
        Step step;
        step.node = &node;
        step.row = findOperator(node.domain, node.type, node.opset);
        for (const graph::Body& body : node.bodies) {
            step.bodies.push_back(prepare(body.nodes, folding));
            planFrees(step.bodies.back(), {}, body.outputs);
        }
        if (!isConstant(node)) {
            steps.push_back(std::move(step));
            continue;
        }
        folding.cancel->check();
        runStep(step, folding);
        for (const ValueId output : node.outputs)
            if (output.isValid())
                m_constants[output.value()] =
                    toRowMajor(m_device, std::exchange(folding.values[output.value()], {}));
    }
    return steps;
}

/// After each step, the inputs and the values of these steps that none reads later are given back.
void Executor::planFrees(std::vector<Step>& steps, const std::vector<ValueId>& inputs,
                         const std::vector<ValueId>& kept) {
    std::map<ValueId, size_t> last;
    for (size_t i = 0; i < steps.size(); ++i)
        for (const ValueId output : steps[i].node->outputs)
            if (output.isValid())
                last[output] = i;
    for (const ValueId input : inputs)
        last[input] = 0;
    for (size_t i = 0; i < steps.size(); ++i) {
        const auto reads = [&](ValueId id) {
            if (const auto it = last.find(id); it != last.end())
                it->second = i;
        };
        std::ranges::for_each(steps[i].node->inputs, reads);
        std::ranges::for_each(steps[i].node->captured, reads);
    }
    for (const ValueId id : kept)
        last.erase(id);
    for (const auto& [id, step] : last)
        if (step < steps.size())
            steps[step].lastReads.push_back(id);
    findClamps(steps);
}

void Executor::findClamps(std::vector<Step>& steps) {
    for (size_t i = 1; i < steps.size(); ++i) {
        const std::vector<ValueId>& made = steps[i - 1].node->outputs;
        const ValueId read = steps[i].node->inputs.empty() ? ValueId() : steps[i].node->inputs[0];
        if (made.size() == 1 && made[0] == read &&
            std::ranges::find(steps[i].lastReads, read) != steps[i].lastReads.end())
            steps[i].clamp = clampOf(m_graph, *steps[i].node);
    }
}

}  // namespace clipscope::runtime
