// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace clipscope {

/// One report of long work: `done` of `total` units (total 0: unknown) of `stage`.
struct Progress {
    std::string stage;  ///< such as "calibrate"
    std::string unit;   ///< such as "samples"
    int64_t done = 0;
    int64_t total = 0;
};

/// Called on the working thread, at most a few times a second is not promised: sinks throttle.
using ProgressSink = std::function<void(const Progress&)>;

}  // namespace clipscope
