// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/types.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace clipscope::graph {
namespace {

using std::string_view;

constexpr std::array<string_view, 11> kBoolean = {"And",   "Equal", "Greater", "GreaterOrEqual",
                                                  "IsInf", "IsNaN", "Less",    "LessOrEqual",
                                                  "Not",   "Or",    "Xor"};
constexpr std::array<string_view, 7> kInteger = {"ArgMax", "ArgMin", "NonMaxSuppression", "NonZero",
                                                 "Shape",  "Size",   "StringSplit"};
/// Operators whose output has the type of their second input.
constexpr std::array<string_view, 2> kAsSecond = {"Where", "CastLike"};

template <size_t N>
bool contains(const std::array<string_view, N>& list, string_view type) {
    return std::ranges::find(list, type) != list.end();
}

DType inputType(const Graph& graph, const Node& node, size_t i) {
    if (i >= node.inputs.size() || !node.inputs[i].isValid())
        return DType::Undefined;
    return graph[node.inputs[i]].type;
}

DType constantType(const Attributes& attributes) {
    if (attributes.has("value"))
        return attributes.getTensor("value").type();
    if (attributes.has("value_int") || attributes.has("value_ints"))
        return DType::Int64;
    if (attributes.has("value_string") || attributes.has("value_strings"))
        return DType::String;
    return DType::Float32;
}

/// Outputs of If, Loop and Scan are those of a body, after `skipped` that the node does not show.
DType bodyType(const Graph& graph, const Node& node, size_t output) {
    const size_t skipped = node.type == "Loop" ? 1 : 0;
    const std::vector<ValueId>& outputs = node.bodies.front().outputs;
    return output + skipped < outputs.size() ? graph[outputs[output + skipped]].type
                                             : DType::Undefined;
}

/// Operators with an output whose type is an attribute, an ONNX number.
DType attributeType(const Attributes& attributes, string_view name, DType fallback) {
    return static_cast<DType>(attributes.getInt(name, static_cast<int64_t>(fallback)));
}

/// Of the operators that ONNX Runtime's optimiser and quantizer write.
DType microsoftType(const Graph& graph, const Node& node, size_t output) {
    const string_view type = node.type;
    if (type == "EmbedLayerNormalization")
        return output == 1 ? DType::Int32 : inputType(graph, node, 2);
    if (type == "RemovePadding")
        return output > 0 ? DType::Int32 : inputType(graph, node, 0);
    if (type == "MatMulIntegerToFloat" || type == "QLinearConcat")
        return inputType(graph, node, 2);
    if (type == "QLinearWhere")
        return inputType(graph, node, 1);
    if (type == "QGemm") {
        const DType zeroPoint = inputType(graph, node, 8);
        return zeroPoint == DType::Undefined ? DType::Float32 : zeroPoint;
    }
    return inputType(graph, node, 0);
}

}  // namespace

DType inferOutputType(const Graph& graph, const Node& node, size_t output) {
    const string_view type = node.type;
    const DType first = inputType(graph, node, 0);
    const bool isQuantizer = type == "QuantizeLinear" || type == "DequantizeLinear";
    if (node.domain == "com.microsoft" && !isQuantizer)
        return microsoftType(graph, node, output);
    if (!node.domain.empty() && !isQuantizer)
        return first;
    if (!node.bodies.empty())
        return bodyType(graph, node, output);
    if (contains(kBoolean, type))
        return DType::Bool;
    if (contains(kInteger, type))
        return DType::Int64;
    if (type == "OneHot")
        return inputType(graph, node, 2);
    if (contains(kAsSecond, type))
        return inputType(graph, node, 1);
    if (type == "Cast")
        return attributeType(node.attributes, "to", first);
    if (type.ends_with("Window") || type == "MelWeightMatrix")
        return attributeType(node.attributes, "output_datatype", DType::Float32);
    if (type == "Constant")
        return constantType(node.attributes);
    if (type == "ConstantOfShape" || type == "EyeLike" || type == "RandomNormal" ||
        type == "RandomUniform") {
        if (node.attributes.has("value"))
            return node.attributes.getTensor("value").type();
        return attributeType(node.attributes, "dtype", type == "EyeLike" ? first : DType::Float32);
    }
    if (type == "QuantizeLinear") {
        const DType zeroPoint = inputType(graph, node, 2);
        return zeroPoint == DType::Undefined
                   ? attributeType(node.attributes, "output_dtype", DType::UInt8)
                   : zeroPoint;
    }
    if (type == "DequantizeLinear")
        return attributeType(node.attributes, "output_dtype", inputType(graph, node, 1));
    if (type == "DynamicQuantizeLinear")
        return output == 1 ? DType::Float32 : DType::UInt8;
    if (type == "MatMulInteger" || type == "ConvInteger")
        return DType::Int32;
    if (type == "QLinearConv" || type == "QLinearMatMul")
        return inputType(graph, node, 7);
    const bool hasIndices = type == "MaxPool" || type == "TopK" || type == "Unique";
    if (output > 0 && hasIndices)
        return DType::Int64;
    if (output > 0 && type == "Dropout")
        return DType::Bool;
    return first;
}

}  // namespace clipscope::graph
