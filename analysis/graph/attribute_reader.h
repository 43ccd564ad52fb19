// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "analysis/graph/attributes.h"
#include "analysis/graph/tensor_decoder.h"

namespace clipscope::onnx {
class AttributeProto;
class FunctionProto;
class NodeProto;
}  // namespace clipscope::onnx

namespace clipscope::graph {

/// The value of an attribute that holds no graph; Error(Unsupported) for types that Clipscope does
/// not read.
Attribute readAttribute(const onnx::AttributeProto& proto, const TensorSource& source);

/// What the attribute names of a function stand for in one call of it.
using AttributeBindings = std::map<std::string, const onnx::AttributeProto*>;

/// Attributes that the call gives, and the function's defaults for others; `around` are the
/// bindings of the function that holds the call, or null.
AttributeBindings boundAttributes(const onnx::NodeProto& call, const onnx::FunctionProto& function,
                                  const AttributeBindings* around);

/// The attribute itself, or what it refers to in a function; null where that is not given.
const onnx::AttributeProto* resolved(const onnx::AttributeProto& attribute,
                                     const AttributeBindings* bindings);

}  // namespace clipscope::graph
