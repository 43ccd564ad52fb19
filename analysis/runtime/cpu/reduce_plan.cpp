// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/reduce_plan.h"

#include <algorithm>

namespace clipscope::runtime {
namespace {

/// Neighbouring axes that are all reduced or all kept.
struct Group {
    int64_t extent;
    int64_t stride;
    bool isReduced;
};

std::vector<Group> groupsOf(const Shape& x, std::span<const size_t> axes) {
    std::vector<Group> groups;  // innermost first
    int64_t stride = 1;
    for (size_t axis = x.rank(); axis-- > 0;) {
        const bool isReduced = std::ranges::find(axes, axis) != axes.end();
        if (x[axis] != 1) {
            if (!groups.empty() && groups.back().isReduced == isReduced)
                groups.back().extent *= x[axis];
            else
                groups.push_back({x[axis], stride, isReduced});
        }
        stride *= x[axis];
    }
    return groups;
}

}  // namespace

ReducePlan planReduce(const Shape& x, std::span<const size_t> axes) {
    std::vector<Group> groups = groupsOf(x, axes);
    ReducePlan plan;
    plan.kept = {0};
    plan.reduced = {0};
    if (!groups.empty()) {
        plan.run = groups.front().extent;
        plan.runIsReduced = groups.front().isReduced;
        groups.erase(groups.begin());
    }
    std::ranges::reverse(groups);
    for (const Group& group : groups) {
        std::vector<int64_t>& offsets = group.isReduced ? plan.reduced : plan.kept;
        std::vector<int64_t> more;
        more.reserve(offsets.size() * static_cast<size_t>(group.extent));
        for (const int64_t offset : offsets)
            for (int64_t i = 0; i < group.extent; ++i)
                more.push_back(offset + i * group.stride);
        offsets = std::move(more);
    }
    return plan;
}

}  // namespace clipscope::runtime
