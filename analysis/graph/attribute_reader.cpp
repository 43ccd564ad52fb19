// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/attribute_reader.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/graph/onnx.pb.h"

namespace clipscope::graph {

Attribute readAttribute(const onnx::AttributeProto& proto, const TensorSource& source) {
    switch (proto.type()) {
        case onnx::AttributeProto::FLOAT:
            return proto.f();
        case onnx::AttributeProto::INT:
            return static_cast<int64_t>(proto.i());
        case onnx::AttributeProto::STRING:
            return proto.s();
        case onnx::AttributeProto::TENSOR:
            return decodeTensor(proto.t(), source);
        case onnx::AttributeProto::FLOATS:
            return std::vector<float>(proto.floats().begin(), proto.floats().end());
        case onnx::AttributeProto::INTS:
            return std::vector<int64_t>(proto.ints().begin(), proto.ints().end());
        case onnx::AttributeProto::STRINGS:
            return std::vector<std::string>(proto.strings().begin(), proto.strings().end());
        default:
            throw Error(ErrorCode::Unsupported,
                        fmt::format("attribute '{}' has a type that Clipscope does not read",
                                    proto.name()));
    }
}

AttributeBindings boundAttributes(const onnx::NodeProto& call, const onnx::FunctionProto& function,
                                  const AttributeBindings* around) {
    AttributeBindings bindings;
    for (const auto& attribute : function.attribute_proto())
        bindings[attribute.name()] = &attribute;
    for (const auto& attribute : call.attribute())
        if (const auto* value = resolved(attribute, around))
            bindings[attribute.name()] = value;
    return bindings;
}

const onnx::AttributeProto* resolved(const onnx::AttributeProto& attribute,
                                     const AttributeBindings* bindings) {
    if (attribute.ref_attr_name().empty())
        return &attribute;
    if (!bindings)
        return nullptr;
    const auto it = bindings->find(attribute.ref_attr_name());
    return it == bindings->end() ? nullptr : it->second;
}

}  // namespace clipscope::graph
