// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/recur.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

/// What the last gate of a GRU that is not linear is to be multiplied with.
void resetStates(const Queue& queue, const RecurrentStep& step);

/// The states of the next time.
void stepCells(const Queue& queue, runtime::CellKind kind, const RecurrentStep& step);

}  // namespace clipscope::gpu
