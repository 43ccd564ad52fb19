// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch.h"
#include "gpu/launch/recur.h"

namespace clipscope::gpu {
namespace {

template <typename Kernel>
void launchStep(const Queue& queue, const RecurrentStep& step) {
    launch(queue, Kernel{step}, blocksFor(queue, step.count(), Kernel::kThreads, 1));
}

}  // namespace

void resetStates(const Queue& queue, const RecurrentStep& step) {
    launchStep<ResetKernel>(queue, step);
}

void stepCells(const Queue& queue, runtime::CellKind kind, const RecurrentStep& step) {
    using runtime::CellKind;
    switch (kind) {
        case CellKind::Rnn:
            return launchStep<CellKernel<CellKind::Rnn>>(queue, step);
        case CellKind::Gru:
            return launchStep<CellKernel<CellKind::Gru>>(queue, step);
        case CellKind::Lstm:
            return launchStep<CellKernel<CellKind::Lstm>>(queue, step);
    }
}

}  // namespace clipscope::gpu
