// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/selection.h"

namespace clipscope::runtime {
namespace {

struct Box {
    float top, left, bottom, right;

    float area() const { return (bottom - top) * (right - left); }
};

/// Two opposite corners in any order, or (center) the middle and the extents.
Box boxOf(const float* four, bool center) {
    if (center)
        return {four[1] - four[3] / 2, four[0] - four[2] / 2, four[1] + four[3] / 2,
                four[0] + four[2] / 2};
    return {std::min(four[0], four[2]), std::min(four[1], four[3]), std::max(four[0], four[2]),
            std::max(four[1], four[3])};
}

/// Intersection over union.
float overlap(const Box& a, const Box& b) {
    const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
    if (height <= 0 || width <= 0)
        return 0;
    const float shared = height * width;
    return shared / (a.area() + b.area() - shared);
}

/// Boxes of one class by falling score, without those that a better one suppresses.
std::vector<int64_t> keptBoxes(const std::vector<Box>& boxes, std::span<const float> scores,
                               size_t most, float scoreThreshold, float overlapThreshold) {
    std::vector<int64_t> candidates;
    for (size_t i = 0; i < scores.size(); ++i)
        if (scores[i] > scoreThreshold)
            candidates.push_back(static_cast<int64_t>(i));
    std::ranges::stable_sort(candidates, [&](int64_t a, int64_t b) {
        return scores[static_cast<size_t>(a)] > scores[static_cast<size_t>(b)];
    });
    std::vector<int64_t> kept;
    for (const int64_t candidate : candidates) {
        if (kept.size() >= most)
            break;
        const Box& box = boxes[static_cast<size_t>(candidate)];
        if (std::ranges::none_of(kept, [&](int64_t i) {
                return overlap(box, boxes[static_cast<size_t>(i)]) > overlapThreshold;
            }))
            kept.push_back(candidate);
    }
    return kept;
}

float scalarOf(const OpContext& context, size_t i, float fallback) {
    const Tensor* tensor = context.optionalInput(i);
    return tensor && tensor->elementCount() > 0 ? static_cast<float>(toDoubles(*tensor)[0])
                                                : fallback;
}

}  // namespace

void runNonMaxSuppression(OpContext& context) {
    const Tensor& boxes = context.input(0);
    const Tensor& scores = context.input(1);
    if (boxes.rank() != 3 || scores.rank() != 3 || boxes.shape()[2] != 4 ||
        boxes.shape()[0] != scores.shape()[0] || boxes.shape()[1] != scores.shape()[2])
        throw Error(ErrorCode::BadInput, fmt::format("the boxes {} do not fit the scores {}",
                                                     boxes.toString(), scores.toString()));
    const bool center = context.attributes().getInt("center_point_box", 0) != 0;
    const bool limited = context.hasInput(2) && context.input(2).elementCount() > 0;
    const auto most = static_cast<size_t>(std::max<int64_t>(0, limited ? context.ints(2)[0] : 0));
    const float overlapThreshold = scalarOf(context, 3, 0);
    const float scoreThreshold = scalarOf(context, 4, -std::numeric_limits<float>::infinity());
    const auto count = static_cast<size_t>(boxes.shape()[1]);
    std::vector<int64_t> selected;
    for (int64_t batch = 0; batch < boxes.shape()[0] && most > 0; ++batch) {
        std::vector<Box> own;
        for (size_t i = 0; i < count; ++i)
            own.push_back(
                boxOf(boxes.values<float>().data() + (static_cast<size_t>(batch) * count + i) * 4,
                      center));
        for (int64_t c = 0; c < scores.shape()[1]; ++c) {
            const auto row = static_cast<size_t>(batch * scores.shape()[1] + c);
            const auto ofClass = scores.values<float>().subspan(row * count, count);
            for (const int64_t box :
                 keptBoxes(own, ofClass, most, scoreThreshold, overlapThreshold))
                selected.insert(selected.end(), {batch, c, box});
        }
    }
    const Shape shape{std::ssize(selected) / 3, 3};
    context.setOutput(0, context.device().fromHost(
                             Tensor::of<int64_t>(shape, std::span<const int64_t>(selected))));
}

}  // namespace clipscope::runtime
