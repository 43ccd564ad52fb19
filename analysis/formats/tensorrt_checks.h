// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace clipscope::formats {

/// Error(BadInput) for a name that a line of a cache cannot hold.
void checkCacheName(std::string_view name);

/// Error(BadInput) for a scale that is not positive and finite; `name` is for the message.
void checkCacheScale(std::string_view name, float scale);

}  // namespace clipscope::formats
