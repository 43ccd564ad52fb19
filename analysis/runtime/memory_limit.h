// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "analysis/tensor/memory_budget.h"

namespace clipscope::runtime {

/// What the tensors of a run may take together, so that a small file cannot ask for all memory of
/// the machine: 1 GiB and 1,024 times `given`, the bytes of weights and inputs, but no more than
/// the memory that is available. (A convolution of an image to 64 channels makes 21 times its
/// bytes; attention over a thousand tokens of width 64, a few dozen times.) The environment
/// variable CLIPSCOPE_MEMORY_GIB, a number, replaces all of it.
size_t memoryLimit(size_t given);

/// A budget of that limit, whose refusals say so.
std::shared_ptr<MemoryBudget> memoryBudget(size_t given);

}  // namespace clipscope::runtime
