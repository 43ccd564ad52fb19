// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

/// Along one axis (opset 13), and before it over all axes from `axis` on.
void runSoftmax(OpContext& context);
void runSoftmaxFlattened(OpContext& context);
void runLogSoftmax(OpContext& context);
void runLogSoftmaxFlattened(OpContext& context);
void runHardmax(OpContext& context);
void runHardmaxFlattened(OpContext& context);

}  // namespace clipscope::runtime
