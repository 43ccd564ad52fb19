// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "analysis/formats/tensor_row.h"

namespace clipscope::formats {

/// The fields in the order of the listings (name, dtype, shape, ... edited, then op, is_affine,
/// is_float); what is absent is null. A number that is not finite is null, and "<key>_reason" says
/// "infinite", "minus infinite" or "not a number". float32 values carry the fewest digits that
/// read back as the same float32. Bytes of a text that are not UTF-8 become U+FFFD, so that dump()
/// does not throw.
nlohmann::ordered_json toJson(const TensorRow& row);

/// Sets `object[key]` by the rules above; for other outputs that follow them.
void putNumber(nlohmann::ordered_json& object, const std::string& key, std::optional<float> value);
void putNumber(nlohmann::ordered_json& object, const std::string& key, std::optional<double> value);

}  // namespace clipscope::formats
