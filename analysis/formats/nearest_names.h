// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clipscope::formats {

/// The names a person may have meant, best first, for "did you mean": those that hold `wanted`
/// (or that it holds), shortest first, then those within a small edit distance (Levenshtein, a
/// third of its length, at least 2 and less than all of it). Upper and lower case of ASCII letters
/// do not matter; ties keep the order given.
std::vector<std::string> nearestNames(std::string_view wanted, std::span<const std::string> names,
                                      size_t most = 3);

}  // namespace clipscope::formats
