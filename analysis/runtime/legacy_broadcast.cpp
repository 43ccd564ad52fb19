// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/legacy_broadcast.h"

#include <utility>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {

void alignSecondOperand(const graph::Node& node, std::vector<Tensor>& inputs) {
    if (node.opset >= 7 || !node.domain.empty() || inputs.size() != 2 || !inputs[0].isDefined() ||
        !inputs[1].isDefined())
        return;
    const auto rank = static_cast<int64_t>(inputs[0].rank());
    const auto own = static_cast<int64_t>(inputs[1].rank());
    int64_t axis = rank - own;
    if (node.type == "PRelu" && own == 1 && rank > 1)
        axis = 1;
    else if (node.attributes.getInt("broadcast", 0) != 0 && node.attributes.has("axis"))
        axis = node.attributes.getInt("axis");
    else
        return;
    axis += axis < 0 ? rank : 0;
    if (axis < 0 || axis > rank - own)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} does not fit {} from axis {} on", inputs[1].toString(),
                                inputs[0].toString(), axis));
    std::vector<int64_t> extents = inputs[1].shape().extents();
    extents.resize(static_cast<size_t>(rank - axis), 1);
    inputs[1] = inputs[1].reshaped(Shape(std::move(extents)));
}

}  // namespace clipscope::runtime
