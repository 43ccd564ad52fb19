// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/formats/tensor_row.h"

namespace clipscope::formats {

struct Absent {};
using Extents = std::vector<int64_t>;

/// The value of one field, whatever the format writes it as.
using FieldValue =
    std::variant<Absent, bool, int64_t, uint64_t, float, double, std::string_view, const Extents*>;

struct RowField {
    std::string_view key;                   ///< snake_case, as JSON and CSV name it
    FieldValue (*value)(const TensorRow&);  ///< refers into the row
};

/// Every field of a row, in the order of the listings.
const std::vector<RowField>& rowFields();

}  // namespace clipscope::formats
