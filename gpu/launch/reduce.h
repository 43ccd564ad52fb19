// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"
#include "gpu/kernels/arg_extreme.h"
#include "gpu/kernels/reduce.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

/// How the work on an output is cut.
struct ReduceWork {
    bool byColumns = false;     ///< neighbours are kept: a thread takes an output
    int64_t parts = 1;          ///< else warps that share an output, each with a partial result
    int64_t part = 0;           ///< elements
    double* partial = nullptr;  ///< outputs x parts in device memory, where there is more than one
};

/// Fitting work for the views, without its memory.
ReduceWork planReduction(const Queue& queue, const ReduceViews& views, bool keepsNeighbours);

/// False where there is no kernel for the kind.
bool reduce(const Queue& queue, runtime::ReduceKind kind, const float* x, float* y,
            const ReduceViews& views, const ReduceWork& work);

void argExtreme(const Queue& queue, const ArgExtremeKernel& kernel);

}  // namespace clipscope::gpu
