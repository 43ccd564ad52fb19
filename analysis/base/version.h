// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace clipscope {

/// "0.1.0", from the project's CMakeLists.txt.
inline constexpr const char* kVersion = CLIPSCOPE_VERSION;

}  // namespace clipscope
