// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace clipscope::session {

/// What a GPU left to the CPU for want of a kernel.
struct HostShare {
    size_t nodes = 0;     ///< that ran on the CPU
    size_t allNodes = 0;  ///< of the model
    double share = 0;     ///< of the time, 0 to 1, copies included

    /// "3 nodes of 175 on the CPU, ...: 12 % of the time, ..."; "" where it is nothing.
    std::string sentence() const;
};

}  // namespace clipscope::session
