// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/graph/graph.h"
#include "analysis/graph/tensor_decoder.h"
#include "analysis/graph/wire.h"

namespace clipscope::onnx {
class ModelProto;
}

namespace clipscope::graph {

/// The Graph of a parsed model: names resolved, model-local functions inlined, bodies of control
/// flow beside their nodes, nodes in an order in which they can run, types inferred. Throws
/// Error(BadInput) that names the node or value at fault, Error(Unsupported) for inputs that are no
/// tensors.
Graph buildGraph(const onnx::ModelProto& model, const StrippedModel& stripped,
                 const TensorSource& source);

}  // namespace clipscope::graph
