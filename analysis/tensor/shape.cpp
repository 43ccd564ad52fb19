// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/shape.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"

namespace clipscope {

int64_t Shape::elementCount() const {
    return elementCount(0, rank());
}

int64_t Shape::elementCount(size_t first, size_t last) const {
    int64_t count = 1;
    bool isEmpty = false;  // counted all the same: strides are products of some of the extents
    for (size_t axis = first; axis < last; ++axis) {
        isEmpty = isEmpty || m_extents[axis] == 0;
        if (m_extents[axis] < 0 ||
            (m_extents[axis] > 0 && __builtin_mul_overflow(count, m_extents[axis], &count)))
            throw Error(ErrorCode::BadInput, "the shape " + toString() + " is impossible");
    }
    return isEmpty ? 0 : count;
}

std::vector<int64_t> Shape::strides() const {
    std::vector<int64_t> strides(rank());
    int64_t stride = 1;
    for (size_t axis = rank(); axis-- > 0;) {
        strides[axis] = stride;
        stride *= m_extents[axis];
    }
    return strides;
}

std::string Shape::toString() const {
    return m_extents.empty() ? "scalar" : fmt::format("{}", fmt::join(m_extents, "x"));
}

Shape broadcast(const Shape& a, const Shape& b) {
    const size_t rank = std::max(a.rank(), b.rank());
    std::vector<int64_t> extents(rank);
    for (size_t i = 0; i < rank; ++i) {
        const int64_t ea = i < a.rank() ? a[a.rank() - 1 - i] : 1;
        const int64_t eb = i < b.rank() ? b[b.rank() - 1 - i] : 1;
        if (ea != eb && ea != 1 && eb != 1)
            throw Error(ErrorCode::BadInput, fmt::format("shapes {} and {} cannot be broadcast",
                                                         a.toString(), b.toString()));
        extents[rank - 1 - i] = ea == 1 ? eb : ea;
    }
    return Shape(std::move(extents));
}

size_t normalizeAxis(int64_t axis, size_t rank) {
    const auto r = static_cast<int64_t>(rank);
    if (axis < -r || axis >= r)
        throw Error(ErrorCode::BadInput,
                    fmt::format("axis {} lies outside a tensor of rank {}", axis, rank));
    return static_cast<size_t>(axis < 0 ? axis + r : axis);
}

}  // namespace clipscope
