// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors.h"
#include "analysis/tensor/dtype.h"
#include "gpu/kernels/strided.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

// Each is false, with nothing launched, where there is no kernel for the types.

bool unary(const Queue& queue, runtime::UnaryFunction function,
           const runtime::UnaryParameters& parameters, DType type, const void* x, void* y,
           int64_t count);

/// y is dense over the operands' index space.
bool binary(const Queue& queue, runtime::BinaryFunction function, DType type, const void* a,
            const void* b, void* y, const Strided<2>& operands);

/// operands: condition, a, b.
void where(const Queue& queue, size_t elementSize, const uint8_t* condition, const void* a,
           const void* b, void* y, const Strided<3>& operands);

bool cast(const Queue& queue, DType from, const void* x, DType to, void* y, int64_t count);

}  // namespace clipscope::gpu
