// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/derived_values.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {
namespace {

/// Operators whose output has its channels along axis 1 even at rank 3.
constexpr std::array<std::string_view, 12> kChannelsFirst = {"AveragePool",
                                                             "BatchNormalization",
                                                             "Conv",
                                                             "ConvTranspose",
                                                             "GlobalAveragePool",
                                                             "GlobalLpPool",
                                                             "GlobalMaxPool",
                                                             "GroupNormalization",
                                                             "InstanceNormalization",
                                                             "LpPool",
                                                             "MaxPool",
                                                             "MaxUnpool"};

/// Operators of the default domain that give each value of their first input once, elsewhere.
constexpr std::array<std::string_view, 8> kMoveValues = {"DepthToSpace", "Flatten",      "Identity",
                                                         "Reshape",      "SpaceToDepth", "Squeeze",
                                                         "Transpose",    "Unsqueeze"};

/// An initializer or the tensor of a Constant node; undefined where the value is neither.
Tensor constantOf(const graph::Graph& graph, graph::ValueId id) {
    const graph::Value& value = graph[id];
    if (value.initializer.isDefined())
        return value.initializer.tensor();
    if (value.producer.isValid() && graph[value.producer].type == "Constant" &&
        graph[value.producer].attributes.has("value"))
        return graph[value.producer].attributes.getTensor("value");
    return {};
}

}  // namespace

std::optional<histogram::Clamp> clampOf(const graph::Graph& graph, const graph::Node& node) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    if (!node.domain.empty())
        return {};
    if (node.type == "Relu")
        return histogram::Clamp{0.0f, kInfinity};
    if (node.type != "Clip")
        return {};
    std::array<float, 2> bounds{-kInfinity, kInfinity};
    if (node.opset < 11) {
        bounds = {node.attributes.getFloat("min", std::numeric_limits<float>::lowest()),
                  node.attributes.getFloat("max", std::numeric_limits<float>::max())};
    } else {
        for (size_t i = 0; i < 2; ++i) {
            if (node.inputs.size() <= i + 1 || !node.inputs[i + 1].isValid())
                continue;
            const Tensor bound = constantOf(graph, node.inputs[i + 1]);
            if (bound.type() != DType::Float32 || bound.elementCount() != 1)
                return {};
            bounds[i] = bound.values<float>()[0];
        }
    }
    if (!(bounds[0] <= bounds[1]) || bounds[0] == kInfinity || bounds[1] == -kInfinity)
        return {};
    return histogram::Clamp{bounds[0], bounds[1]};
}

bool onlyMovesValues(const graph::Node& node) {
    return node.domain.empty() && std::ranges::find(kMoveValues, node.type) != kMoveValues.end();
}

bool hasChannelsLast(const graph::Node& node) {
    return std::ranges::find(kChannelsFirst, node.type) == kChannelsFirst.end();
}

}  // namespace clipscope::runtime
