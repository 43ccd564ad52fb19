// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/graph/attributes.h"

namespace clipscope::runtime {

/// An activation of a recurrent operator with its parameters.
struct Activation {
    std::string name;  ///< in lower case
    float alpha = 0;
    float beta = 0;

    float operator()(float x) const;
};

/// The activations of every direction, `defaults` where the model gives none, and their attributes
/// activation_alpha and activation_beta. Error(BadInput) for an unknown one or a wrong number.
std::vector<Activation> activationsOf(const graph::Attributes& attributes,
                                      const std::vector<std::string>& defaults, size_t directions);

}  // namespace clipscope::runtime
