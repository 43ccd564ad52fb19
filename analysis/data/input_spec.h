// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/tensor/dtype.h"

namespace clipscope::data {

/// An input of the model as samples are checked against it.
struct InputSpec {
    std::string name;
    DType type = DType::Float32;
    std::vector<int64_t> dims;  ///< batch axis included; -1 where any size will do
};

/// "1x3x224x224", "?" for -1; "scalar" for rank 0.
std::string toString(const std::vector<int64_t>& dims);

}  // namespace clipscope::data
