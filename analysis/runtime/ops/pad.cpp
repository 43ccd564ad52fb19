// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/layout.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// Along one axis: output elements [to, to + length) come from input elements from, from + step...
struct Segment {
    int64_t to = 0;
    int64_t length = 0;
    int64_t from = 0;
    int64_t step = 1;
};

constexpr int64_t kNone = -1;

int64_t positiveModulo(int64_t a, int64_t b) {
    return (a % b + b) % b;
}

/// The input element at position i (possibly outside [0, extent)), or kNone.
int64_t sourceOf(int64_t i, int64_t extent, const std::string& mode) {
    if (i >= 0 && i < extent)
        return i;
    if (mode == "constant" || extent == 0)
        return kNone;
    if (mode == "edge")
        return i < 0 ? 0 : extent - 1;
    if (mode == "wrap")
        return positiveModulo(i, extent);
    if (extent == 1)
        return 0;
    const int64_t period = 2 * (extent - 1);  // reflect does not repeat the border
    const int64_t j = positiveModulo(i, period);
    return j < extent ? j : period - j;
}

/// The output axis of `length` elements, the first of which lies at `first`, in runs of one step.
std::vector<Segment> segments(int64_t first, int64_t length, int64_t extent,
                              const std::string& mode) {
    std::vector<Segment> all;
    const bool isConstant = mode == "constant";
    const int64_t begin = isConstant ? std::clamp<int64_t>(-first, 0, length) : 0;
    const int64_t end = isConstant ? std::clamp<int64_t>(extent - first, begin, length) : length;
    for (int64_t to = begin; to < end; ++to) {
        const int64_t from = sourceOf(first + to, extent, mode);
        if (from == kNone)
            continue;
        Segment* last =
            all.empty() || all.back().to + all.back().length != to ? nullptr : &all.back();
        const int64_t step = last ? from - (last->from + (last->length - 1) * last->step) : 0;
        if (last && last->length == 1 && step >= -1 && step <= 1)
            *last = {last->to, 2, last->from, step};
        else if (last && last->length > 1 && step == last->step)
            ++last->length;
        else
            all.push_back({to, 1, from, 1});
    }
    return all;
}

struct Pads {
    std::vector<int64_t> begin;
    std::vector<int64_t> end;
};

Pads padsOf(const OpContext& context, size_t rank) {
    const std::vector<int64_t> pads = context.intsOf("pads", 1);
    std::vector<int64_t> axes(rank);
    for (size_t i = 0; i < rank; ++i)
        axes[i] = static_cast<int64_t>(i);
    if (context.hasInput(3))
        axes = context.ints(3);
    if (pads.size() != 2 * axes.size())
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} pads for {} axes", pads.size(), axes.size()));
    Pads result{std::vector<int64_t>(rank), std::vector<int64_t>(rank)};
    for (size_t i = 0; i < axes.size(); ++i) {
        const size_t axis = normalizeAxis(axes[i], rank);
        result.begin[axis] = pads[i];
        result.end[axis] = pads[i + axes.size()];
    }
    return result;
}

void fillConstant(OpContext& context, DType type, Tensor& y) {
    Device& device = context.device();
    if (context.hasInput(2))
        return device.fill(context.input(2), y);
    const float value = context.attributes().getFloat("value", 0);
    Tensor element = device.allocate(type, {});
    device.cast(device.fromHost(Tensor::scalar(value)), element);
    device.fill(element, y);
}

/// Copies every combination of the axes' segments.
void copySegments(Device& device, const std::vector<std::vector<Segment>>& axes, const Tensor& x,
                  Tensor& y) {
    for (const auto& axis : axes)
        if (axis.empty())
            return;
    std::vector<size_t> chosen(axes.size());
    while (true) {
        Shape extents(std::vector<int64_t>(axes.size()));
        StridedView from = wholeView(x.shape());
        StridedView to = wholeView(y.shape());
        for (size_t i = 0; i < axes.size(); ++i) {
            const Segment& segment = axes[i][chosen[i]];
            extents[i] = segment.length;
            from.offset += segment.from * from.strides[i];
            from.strides[i] *= segment.step;
            to.offset += segment.to * to.strides[i];
        }
        device.copyStrided(extents, x, from, y, to);
        size_t axis = axes.size();
        while (axis > 0 && ++chosen[axis - 1] == axes[axis - 1].size())
            chosen[--axis] = 0;
        if (axis == 0)
            return;
    }
}

}  // namespace

/// Negative pads remove elements.
void runPad(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::string mode = context.attributes().getString("mode", "constant");
    if (mode != "constant" && mode != "edge" && mode != "reflect" && mode != "wrap")
        throw Error(ErrorCode::BadInput, "there is no padding mode '" + mode + "'");
    const Pads pads = padsOf(context, x.rank());
    Shape shape = x.shape();
    for (size_t i = 0; i < x.rank(); ++i)
        if (__builtin_add_overflow(shape[i], pads.begin[i], &shape[i]) ||
            __builtin_add_overflow(shape[i], pads.end[i], &shape[i]) || shape[i] < 0)
            throw Error(ErrorCode::BadInput,
                        fmt::format("the pads {} and {} do not fit axis {} of {}", pads.begin[i],
                                    pads.end[i], i, x.toString()));
    Tensor& y = context.output(0, x.type(), shape);
    std::vector<std::vector<Segment>> axes;
    bool covered = true;
    for (size_t i = 0; i < x.rank(); ++i) {
        axes.push_back(segments(-pads.begin[i], shape[i], x.shape()[i], mode));
        int64_t length = 0;
        for (const Segment& segment : axes.back())
            length += segment.length;
        covered = covered && length == shape[i];
    }
    if (!covered)
        fillConstant(context, x.type(), y);
    copySegments(context.device(), axes, x, y);
}

}  // namespace clipscope::runtime
