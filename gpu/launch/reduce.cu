// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch.h"
#include "gpu/launch/reduce.h"

namespace clipscope::gpu {
namespace {

template <typename Rule>
bool reduceBy(const Queue& queue, const float* x, float* y, const ReduceViews& views,
              const ReduceWork& work) {
    const int64_t outputs = views.kept.count;
    if (work.byColumns) {
        using Kernel = ReduceColumnsKernel<Rule>;
        launch(queue, Kernel{x, y, views}, blocksFor(queue, outputs, Kernel::kThreads, 1));
        return true;
    }
    using Rows = ReduceRowsKernel<Rule>;
    const int64_t lanes = outputs * work.parts * kWarp;
    launch(queue, Rows{x, y, work.partial, views, work.parts, work.part},
           blocksFor(queue, lanes, Rows::kThreads, 1));
    using Parts = ReducePartsKernel<Rule>;
    if (work.partial)
        launch(queue, Parts{work.partial, y, outputs, work.parts, views.reduced.count},
               blocksFor(queue, outputs, Parts::kThreads, 1));
    return true;
}

}  // namespace

ReduceWork planReduction(const Queue& queue, const ReduceViews& views, bool keepsNeighbours) {
    constexpr int64_t kShort = 8192;  // elements that a warp alone is soon done with
    ReduceWork work;
    const int64_t warps = static_cast<int64_t>(queue.multiprocessors) * 64;
    const int64_t count = views.reduced.count;
    work.byColumns = keepsNeighbours && views.kept.count >= warps;
    work.part = count;
    if (!work.byColumns && count > kShort && views.kept.count < warps) {
        const int64_t wanted = (warps + views.kept.count - 1) / views.kept.count;
        work.parts = std::min(wanted, (count + kShort - 1) / kShort);
        work.part = (count + work.parts - 1) / work.parts;
    }
    return work;
}

bool reduce(const Queue& queue, runtime::ReduceKind kind, const float* x, float* y,
            const ReduceViews& views, const ReduceWork& work) {
    using runtime::ReduceKind;
    switch (kind) {
        case ReduceKind::Sum:
            return reduceBy<rules::Sum>(queue, x, y, views, work);
        case ReduceKind::Mean:
            return reduceBy<rules::Mean>(queue, x, y, views, work);
        case ReduceKind::Max:
            return reduceBy<rules::Maximum>(queue, x, y, views, work);
        case ReduceKind::Min:
            return reduceBy<rules::Minimum>(queue, x, y, views, work);
        case ReduceKind::Prod:
            return reduceBy<rules::Product>(queue, x, y, views, work);
        case ReduceKind::L1:
            return reduceBy<rules::L1>(queue, x, y, views, work);
        case ReduceKind::L2:
            return reduceBy<rules::L2>(queue, x, y, views, work);
        case ReduceKind::LogSum:
            return reduceBy<rules::LogSum>(queue, x, y, views, work);
        case ReduceKind::SumSquare:
            return reduceBy<rules::SumSquare>(queue, x, y, views, work);
        case ReduceKind::LogSumExp:
            return false;
    }
    return false;
}

void argExtreme(const Queue& queue, const ArgExtremeKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.lines, ArgExtremeKernel::kThreads, 1));
}

}  // namespace clipscope::gpu
