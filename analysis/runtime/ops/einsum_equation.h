// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// The axes of a term by name: letters, and numbers below 0 for those of "...", the last one -1.
using Labels = std::vector<int>;

/// An equation of Einsum for given operands.
struct EinsumEquation {
    std::vector<Labels> inputs;
    Labels output;
    std::map<int, int64_t> extents;

    /// Throws Error(BadInput) where the equation and the operands do not fit.
    EinsumEquation(std::string_view text, const std::vector<Shape>& operands);
};

}  // namespace clipscope::runtime
