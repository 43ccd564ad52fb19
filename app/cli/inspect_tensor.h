// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/session/session.h"
#include "app/cli/command.h"

namespace clipscope::cli {

/// What to show of one tensor.
struct TensorView {
    std::string tensor;
    int histogramBins = 0;
    bool isSigned = false;
    bool convergence = false;
};

void inspectTensor(const session::Session& session, const TensorView& view, const Context& context);

}  // namespace clipscope::cli
