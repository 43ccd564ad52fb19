// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace clipscope {

/// Bytes of memory that this process can still take without driving the machine into swapping:
/// Linux's own estimate (MemAvailable), or what its control group (container) leaves where that is
/// less. SIZE_MAX where neither can be read.
size_t availableMemory();

}  // namespace clipscope
