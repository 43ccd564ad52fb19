// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators of signal processing, on the host.
namespace clipscope::runtime {

void runDft(OpContext& context);
void runStft(OpContext& context);

void runBlackmanWindow(OpContext& context);
void runHammingWindow(OpContext& context);
void runHannWindow(OpContext& context);
void runMelWeightMatrix(OpContext& context);

}  // namespace clipscope::runtime
