// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/histogram/clamp.h"
#include "analysis/runtime/executor.h"
#include "analysis/runtime/registry.h"

namespace clipscope::runtime {

/// A node with the row that runs it and what to free afterwards.
struct Executor::Step {
    const graph::Node* node = nullptr;
    const OperatorRow* row = nullptr;
    NodeState state;
    std::vector<std::vector<Step>> bodies;  ///< of the node's bodies, in their order
    std::vector<graph::ValueId> lastReads;  ///< values that no later step reads
    /// All that the step does to what the step before it made, which is read nowhere else.
    std::optional<histogram::Clamp> clamp;
    bool hasRun = false;
    bool onHost = false;  ///< the device left it to the CPU
};

/// One pass over the graph: its values, and who watches.
struct Executor::Run {
    std::vector<Tensor> values;
    Observer* observer = nullptr;
    const CancellationToken* cancel = nullptr;
    std::map<graph::ValueId, Tensor> rowMajor;  ///< copies of values that lie otherwise

    void set(graph::ValueId id, Tensor tensor) {
        rowMajor.erase(id);
        values[id.value()] = std::move(tensor);
    }
};

}  // namespace clipscope::runtime
