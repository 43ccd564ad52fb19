// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/graph/graph.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// Before opset 7 the second operand of arithmetic and logic stood at the attribute `axis` of the
/// first one, PRelu's slope at the channels: gives it the axes of one element with which it stands
/// there by today's rule. Error(BadInput) where it does not fit.
void alignSecondOperand(const graph::Node& node, std::vector<Tensor>& inputs);

}  // namespace clipscope::runtime
