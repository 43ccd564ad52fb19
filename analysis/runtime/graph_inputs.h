// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "analysis/graph/graph.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// What is given for an input of the graph. Throws Error(BadInput) where it is missing or of
/// another type or shape than declared, with both.
const Tensor& inputFor(const graph::Value& input, const std::map<std::string, Tensor>& given);

}  // namespace clipscope::runtime
