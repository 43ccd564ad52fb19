// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Rarer operators that read elements, on the host.
namespace clipscope::runtime {

void runCompress(OpContext& context);
void runCumSum(OpContext& context);
void runDet(OpContext& context);
void runNonZero(OpContext& context);
void runOneHot(OpContext& context);
void runTrilu(OpContext& context);

}  // namespace clipscope::runtime
