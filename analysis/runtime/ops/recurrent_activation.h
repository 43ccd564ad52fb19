// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/graph/attributes.h"
#include "analysis/runtime/functors/recurrent.h"

namespace clipscope::runtime {

/// The activations of every direction, `defaults` where the model gives none, and their attributes
/// activation_alpha and activation_beta. Error(BadInput) for an unknown one or a wrong number.
std::vector<Activation> activationsOf(const graph::Attributes& attributes,
                                      const std::vector<std::string>& defaults, size_t directions);

}  // namespace clipscope::runtime
