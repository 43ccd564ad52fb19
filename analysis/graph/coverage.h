// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/graph/graph.h"

namespace clipscope::graph {

/// Why a value gets a scale or not.
enum class CoverageClass {
    Activation,        ///< gets a scale
    Constant,          ///< the same in every run
    ShapeComputation,  ///< float, but computed from shapes only
    Integer,           ///< an integer type
    Boolean,
    OtherType,     ///< strings, unknown, or already quantized (float8, float4)
    AbsentOutput,  ///< an optional output that the model does not use
};

/// What TensorRT would do with an activation's range, as far as its documentation says. Advice: a
/// scale in a cache does not prove that the layer ran in INT8, TensorRT picks by speed.
enum class TensorRtUse { Uses, FusedAway, StaysFloat };

struct ValueCoverage {
    ValueId value;     ///< invalid for absent outputs
    std::string name;  ///< of the value, or "(output 1 of Dropout node 'd')"
    std::string op;    ///< operator that produces it; "Input" for graph inputs
    CoverageClass kind = CoverageClass::Activation;
    TensorRtUse tensorRt = TensorRtUse::Uses;
    std::string reason;  ///< one plain sentence; "" for an activation that is simply used
};

/// One row for each graph input and node output, in graph order. **Activation**: a float graph
/// input (not an initializer), or a float node output that depends on an input and is not shape
/// computation (a value that depends on inputs only through Shape or Size is).
std::vector<ValueCoverage> coverage(const Graph& graph);

/// "scale", "fused" or "float" as TensorRT would treat an activation, else the name of the class.
std::string_view coverageWord(CoverageClass kind, TensorRtUse tensorRt);

/// "9 of 14 tensors get a scale: 1 fused, 3 shape, 1 integer": fused ones and those that TensorRT
/// leaves in float stand in a cache, too, but it does not use their scale.
std::string summarize(const std::vector<ValueCoverage>& rows);

std::string_view name(CoverageClass kind);  ///< "activation", "constant", "shape"...

}  // namespace clipscope::graph
