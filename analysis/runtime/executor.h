// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/graph/graph.h"
#include "analysis/histogram/clamp.h"
#include "analysis/runtime/device.h"
#include "analysis/runtime/packed_weights.h"
#include "analysis/tensor/memory_budget.h"

namespace clipscope::runtime {

class WidenedConstants;

/// Sees every value of a run right after it is produced, on the thread that runs the model.
class Observer {
public:
    virtual ~Observer() = default;
    /// False for values that need not be shown.
    virtual bool wants(graph::ValueId value) const = 0;
    /// False: it is given row-major tensors only.
    virtual bool takesAnyLayout() const { return false; }
    virtual void observe(graph::ValueId value, const Tensor& tensor) = 0;

    /// As observe(), where all that the next node of the graph does is to clamp: `tensor`, float32
    /// on the host and read by nobody else, becomes its result, each value after it was seen.
    virtual void observeAndClamp(graph::ValueId value, Tensor& tensor,
                                 const histogram::Clamp& clamp) {
        observe(value, tensor);
        clamp.applyTo(tensor.inMemoryOrder().mutableValues<float>());
    }
};

/// Runs a graph on a device. Constant parts are computed once, when it is made. A value is freed
/// after its last reader: only what is still to be read takes memory.
class Executor {
public:
    /// Throws Error(Unsupported) that names the first operator (with node and opset) that cannot
    /// run, and which others there are. The graph and the device must outlive the executor. Polls
    /// `cancel` while it computes the constant parts, which a loop can make arbitrarily long.
    ///
    /// Here and in run, tensors of the host may take no more than memory_limit.h grants;
    /// Error(OutOfMemory) names the node, the tensor and the limit.
    Executor(const graph::Graph& graph, Device& device, const CancellationToken& cancel = {});
    ~Executor();
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Another one that shares this one's constants and what devices keep repacked of them, but
    /// neither what nodes keep between runs nor limitMemory(). Each runs on a thread of its own.
    std::unique_ptr<Executor> sibling() const;

    /// `inputs` by name, each of the declared type and shape, whose dynamic extents match any;
    /// Error(BadInput) names what is missing or wrong, with both shapes. Returns the graph outputs
    /// in order. Polls `cancel` between nodes.
    std::vector<Tensor> run(const std::map<std::string, Tensor>& inputs,
                            Observer* observer = nullptr, const CancellationToken& cancel = {});

    /// The same for the observer alone: outputs stay where they are, and what a device queues need
    /// not be done when it returns.
    void runFor(const std::map<std::string, Tensor>& inputs, Observer& observer,
                const CancellationToken& cancel = {});

    /// From now on tensors may take no more than `bytes`, if that is less than what memory_limit.h
    /// grants.
    void limitMemory(size_t bytes) { m_mostBytes = bytes; }

    const graph::Graph& graph() const { return m_graph; }
    const Device& device() const { return m_device; }
    size_t weightBytes() const { return m_weightBytes; }  ///< of the initializers

    /// Nodes that run each time, and those of them that the device has left to the CPU so far.
    struct NodeCounts {
        size_t all = 0;
        size_t onHost = 0;
    };
    NodeCounts nodeCounts() const;

    /// The value of a constant (initializer or folded); undefined tensor when it is not one.
    const Tensor& constant(graph::ValueId value) const;

private:
    struct Step;
    struct Run;

    /// Shares what `original` keeps of its constants.
    Executor(const Executor& original, std::vector<Step> steps);
    std::shared_ptr<MemoryBudget> budgetFor(const std::map<std::string, Tensor>& inputs) const;
    static std::vector<Step> unused(const std::vector<Step>& steps);

    std::vector<Step> prepare(const std::vector<graph::Node>& nodes, Run& folding);
    void planFrees(std::vector<Step>& steps, const std::vector<graph::ValueId>& inputs,
                   const std::vector<graph::ValueId>& kept);
    void findClamps(std::vector<Step>& steps);
    bool isConstant(graph::ValueId id) const;
    bool isConstant(const graph::Node& node) const;
    const Tensor& valueOf(graph::ValueId id, const Run& run) const;
    const Tensor& rowMajorOf(graph::ValueId id, Run& run);
    bool arrange(const Step& step, std::vector<Tensor>& inputs, Run& run);
    DType widen(const Step& step, std::vector<Tensor>& inputs);
    std::vector<Tensor> compute(Step& step, std::vector<Tensor>& inputs, Run& run);
    static void countNodes(const std::vector<Step>& steps, NodeCounts& counts);
    void runAll(const std::map<std::string, Tensor>& inputs, Run& run);
    void runSteps(std::vector<Step>& steps, Run& run);
    void show(const Step& step, Run& run);
    bool showAndClamp(const Step& step, const Step& next, Run& run);
    void runStep(Step& step, Run& run);
    std::vector<Tensor> runBody(Step& step, size_t index, std::vector<Tensor> inputs, Run& run);
    void bindInputs(const std::map<std::string, Tensor>& inputs, Run& run);

    const graph::Graph& m_graph;
    Device& m_device;
    std::vector<Step> m_steps;        ///< the nodes that run each time, in order
    std::vector<Tensor> m_constants;  ///< by value
    size_t m_weightBytes = 0;
    size_t m_mostBytes = SIZE_MAX;
    std::shared_ptr<WidenedConstants> m_widened;
    std::shared_ptr<PackedWeights> m_packed;
};

}  // namespace clipscope::runtime
