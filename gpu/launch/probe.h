// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace clipscope::gpu {

/// Whether this build has code that the current device runs.
bool hasKernels();

}  // namespace clipscope::gpu
