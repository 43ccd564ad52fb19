// SPDX-License-Identifier: Apache-2.0
#include "app/startup/openmp_wait.h"

#include <stdlib.h>
#include <unistd.h>

namespace clipscope::app {

void limitOpenMpSpinning(char** argv) {
    if (::getenv("OMP_WAIT_POLICY") || ::getenv("GOMP_SPINCOUNT"))
        return;
    ::setenv("GOMP_SPINCOUNT", "5000", 1);
    ::execv("/proc/self/exe", argv);  // where that fails, the default spin it is
}

}  // namespace clipscope::app
