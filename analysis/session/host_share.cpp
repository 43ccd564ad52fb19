// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/host_share.h"

#include <fmt/format.h>

namespace clipscope::session {

std::string HostShare::sentence() const {
    if (nodes == 0)
        return "";
    return fmt::format(
        "{} node{} of {} on the CPU, which the GPU has no kernel for: {:.0f} % of "
        "the time, copies included",
        nodes, nodes == 1 ? "" : "s", allNodes, 100 * share);
}

}  // namespace clipscope::session
