// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/graph/attributes.h"

namespace clipscope::runtime {

/// An activation of a recurrent operator with its parameters.
class Activation {
public:
    using Function = void (*)(float alpha, float beta, float* values, int64_t count);

    Activation(Function function, float alpha, float beta)
        : m_function(function), m_alpha(alpha), m_beta(beta) {}

    /// Each of `count` values becomes its function's.
    void apply(float* values, int64_t count) const { m_function(m_alpha, m_beta, values, count); }

private:
    Function m_function;
    float m_alpha;
    float m_beta;
};

/// The activations of every direction, `defaults` where the model gives none, and their attributes
/// activation_alpha and activation_beta. Error(BadInput) for an unknown one or a wrong number.
std::vector<Activation> activationsOf(const graph::Attributes& attributes,
                                      const std::vector<std::string>& defaults, size_t directions);

}  // namespace clipscope::runtime
