// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/layout.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

struct AxisSlice {
    int64_t start = 0;
    int64_t step = 1;
    int64_t length = 0;
};

/// Python's slice semantics for an axis of that extent.
AxisSlice resolved(int64_t start, int64_t end, int64_t step, int64_t extent) {
    if (step == 0)
        throw Error(ErrorCode::BadInput, "a step is 0");
    const int64_t low = step > 0 ? 0 : -1;
    const int64_t high = step > 0 ? extent : extent - 1;
    start = std::clamp(start < 0 ? start + extent : start,
                       step > 0 ? low : std::min<int64_t>(0, high), std::max(low, high));
    end = std::clamp(end < 0 ? end + extent : end, low, std::max(low, high));
    const int64_t distance = step > 0 ? end - start : start - end;
    if (distance <= 0 || extent == 0)
        return {0, 1, 0};
    // In unsigned, because the smallest step has no negative.
    const auto stride = step > 0 ? static_cast<uint64_t>(step) : 0 - static_cast<uint64_t>(step);
    const auto length = (static_cast<uint64_t>(distance) - 1) / stride + 1;
    return {start, length == 1 ? 1 : step, static_cast<int64_t>(length)};
}

}  // namespace

void runSlice(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::vector<int64_t> starts = context.intsOf("starts", 1);
    const std::vector<int64_t> ends = context.intsOf("ends", 2);
    std::vector<int64_t> all(starts.size());
    for (size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<int64_t>(i);
    const std::vector<int64_t> axes = context.intsOf("axes", 3, all);
    const std::vector<int64_t> steps =
        context.hasInput(4) ? context.ints(4) : std::vector<int64_t>(starts.size(), 1);
    if (ends.size() != starts.size() || axes.size() != starts.size() ||
        steps.size() != starts.size())
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} starts, {} ends, {} axes and {} steps differ in number",
                                starts.size(), ends.size(), axes.size(), steps.size()));
    Shape shape = x.shape();
    StridedView from = wholeView(x.shape());
    std::vector<bool> sliced(x.rank());
    for (size_t i = 0; i < starts.size(); ++i) {
        const size_t axis = normalizeAxis(axes[i], x.rank());
        if (sliced[axis])
            throw Error(ErrorCode::BadInput, fmt::format("axis {} is sliced twice", axis));
        sliced[axis] = true;
        const AxisSlice slice = resolved(starts[i], ends[i], steps[i], shape[axis]);
        shape[axis] = slice.length;
        from.offset += slice.start * from.strides[axis];
        from.strides[axis] *= slice.step;
    }
    context.device().copyStrided(shape, x, from, context.output(0, x.type(), shape),
                                 wholeView(shape));
}

}  // namespace clipscope::runtime
