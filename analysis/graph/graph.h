// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/base/ids.h"
#include "analysis/graph/attributes.h"
#include "analysis/graph/weight.h"

namespace clipscope::graph {

using ValueId = Id<struct ValueTag>;
using NodeId = Id<struct NodeTag>;

/// Extents as the file declares them; -1 where dynamic.
using DeclaredShape = std::vector<int64_t>;

/// A named value of the graph.
struct Value {
    std::string name;
    DType type = DType::Undefined;       ///< declared, else inferred (types.h)
    std::optional<DeclaredShape> shape;  ///< absent where the file does not say
    NodeId producer;  ///< invalid for graph inputs and initializers; in a body: the node around it
    std::vector<NodeId> consumers;  ///< in graph order, a node once per use; none inside a body
    bool isInput = false;           ///< a graph input that is not an initializer
    bool isOutput = false;
    Weight initializer;  ///< defined for initializers
};

struct Node;

/// A graph inside a node (If, Loop, Scan). Its values stand in the graph's table of values like all
/// others, named "node/then_branch/name"; it may also read those of the graphs around it.
struct Body {
    std::string attribute;  ///< "then_branch", "else_branch", "body"
    std::vector<Node> nodes;
    std::vector<ValueId> inputs;
    std::vector<ValueId> outputs;
};

struct Node {
    std::string name;  ///< as in the file; may be empty
    std::string type;
    std::string domain;            ///< "" for the default domain (also written "ai.onnx")
    int opset = 0;                 ///< version of its domain that the model imports; 0: none
    std::vector<ValueId> inputs;   ///< invalid where an optional input is absent
    std::vector<ValueId> outputs;  ///< invalid where an optional output is absent
    Attributes attributes;
    std::vector<Body> bodies;
    std::vector<ValueId> captured;  ///< what the bodies read of the graphs around them, each once
};

/// "Conv node 'conv1'", or by its first output where it has no name; for messages.
struct Graph;
std::string describe(const Graph& graph, const Node& node);

/// A model: values and nodes, the nodes in an order in which they can run.
struct Graph {
    std::string name;
    std::string producer;  ///< "pytorch 2.4"
    int64_t irVersion = 0;
    std::map<std::string, int> opsets;  ///< version by domain, "" the default domain
    std::vector<Value> values;
    std::vector<Node> nodes;
    std::vector<ValueId> inputs;  ///< without initializers
    std::vector<ValueId> outputs;

    const Value& operator[](ValueId id) const { return values[id.value()]; }
    Value& operator[](ValueId id) { return values[id.value()]; }
    const Node& operator[](NodeId id) const { return nodes[id.value()]; }

    /// Invalid when there is none of that name.
    ValueId find(std::string_view valueName) const;

    std::unordered_map<std::string, ValueId> byName;
};

}  // namespace clipscope::graph
