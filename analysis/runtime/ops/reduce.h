// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

template <ReduceKind Kind>
void runReduce(OpContext& context);

void runArgMax(OpContext& context);
void runArgMin(OpContext& context);

void runCumSum(OpContext& context);

}  // namespace clipscope::runtime
