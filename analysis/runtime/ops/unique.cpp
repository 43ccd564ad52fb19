// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/ops/selection.h"

namespace clipscope::runtime {
namespace {

/// x as `count` slices along an axis; element e of slice i lies at e / run * count * run + i * run
/// + e % run.
struct Slices {
    int64_t count;
    int64_t run;
    int64_t length;  ///< elements of a slice

    int64_t offset(int64_t slice, int64_t element) const {
        return (element / run * count + slice) * run + element % run;
    }
};

/// -1, 0 or 1 as slice a comes before, with or after slice b.
template <typename T>
int compare(const T* x, const Slices& slices, int64_t a, int64_t b) {
    for (int64_t e = 0; e < slices.length; ++e) {
        const T left = x[slices.offset(a, e)];
        const T right = x[slices.offset(b, e)];
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

struct Groups {
    std::vector<int64_t> first;    ///< the first slice of each distinct one
    std::vector<int64_t> inverse;  ///< by slice: which distinct one it is
    std::vector<int64_t> counts;
};

template <typename T>
Groups groupsOf(const T* x, const Slices& slices, bool sorted) {
    std::vector<int64_t> order(static_cast<size_t>(slices.count));
    std::iota(order.begin(), order.end(), int64_t{0});
    std::ranges::stable_sort(order,
                             [&](int64_t a, int64_t b) { return compare(x, slices, a, b) < 0; });
    Groups groups;
    groups.inverse.resize(order.size());
    for (size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || compare(x, slices, order[i - 1], order[i]) != 0) {
            groups.first.push_back(order[i]);
            groups.counts.push_back(0);
        }
        ++groups.counts.back();
        groups.inverse[static_cast<size_t>(order[i])] = std::ssize(groups.first) - 1;
    }
    if (sorted)
        return groups;
    std::vector<size_t> rank(groups.first.size());  // in the order of first appearance
    std::iota(rank.begin(), rank.end(), size_t{0});
    std::ranges::sort(rank, {}, [&](size_t i) { return groups.first[i]; });
    Groups reordered{{}, groups.inverse, {}};
    std::vector<int64_t> position(rank.size());
    for (size_t i = 0; i < rank.size(); ++i) {
        reordered.first.push_back(groups.first[rank[i]]);
        reordered.counts.push_back(groups.counts[rank[i]]);
        position[rank[i]] = static_cast<int64_t>(i);
    }
    for (int64_t& group : reordered.inverse)
        group = position[static_cast<size_t>(group)];
    return reordered;
}

}  // namespace

void runUnique(OpContext& context) {
    Tensor x = context.input(0);
    if (!context.attributes().has("axis"))
        x = x.reshaped({x.elementCount()});
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", 0), x.rank());
    const bool sorted = context.attributes().getInt("sorted", 1) != 0;
    const Slices slices{x.shape()[axis], x.shape().elementCount(axis + 1, x.rank()),
                        x.elementCount() / std::max<int64_t>(1, x.shape()[axis])};
    Groups groups;
    bool done = false;
    visitElementType(x.type(), [&]<typename T>() {
        groups = groupsOf(reinterpret_cast<const T*>(x.bytes()), slices, sorted);
        done = true;
    });
    if (!done)
        throw Error(ErrorCode::Unsupported, fmt::format("not computed for {}", name(x.type())));
    Shape shape = x.shape();
    shape[axis] = std::ssize(groups.first);
    context.device().gather(x, axis, groups.first, context.output(0, x.type(), shape));
    const std::vector<int64_t>* lists[] = {&groups.first, &groups.inverse, &groups.counts};
    for (size_t i = 0; i < 3; ++i)
        if (context.hasOutput(i + 1))
            context.setOutput(i + 1, context.device().fromHost(Tensor::of<int64_t>(
                                         {std::ssize(*lists[i])}, std::span(*lists[i]))));
}

}  // namespace clipscope::runtime
