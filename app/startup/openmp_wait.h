// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace clipscope::app {

/// Waiting OpenMP threads spin for milliseconds by default, which on a machine that is busy with
/// something else takes the processor from the very thread they wait for: many times slower. The
/// runtime reads how long when it is loaded, so this starts the program anew with a short spin,
/// unless the user's environment already says something. To be called first in main().
void limitOpenMpSpinning(char** argv);

}  // namespace clipscope::app
