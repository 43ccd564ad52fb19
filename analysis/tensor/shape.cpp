// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/shape.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"

namespace clipscope {

void Shape::assign(const int64_t* first, const int64_t* last) {
    const auto count = static_cast<size_t>(last - first);
    if (count > m_near.size()) {
        m_many.assign(first, last);
        return;
    }
    std::copy(first, last, m_near.begin());
    m_few = count;
}

int64_t Shape::elementCount() const {
    return elementCount(0, rank());
}

int64_t Shape::elementCount(size_t first, size_t last) const {
    int64_t count = 1;
    bool isEmpty = false;  // counted all the same: strides are products of some of the extents
    for (size_t axis = first; axis < last; ++axis) {
        const int64_t extent = (*this)[axis];
        isEmpty = isEmpty || extent == 0;
        if (extent < 0 || (extent > 0 && __builtin_mul_overflow(count, extent, &count)))
            throw Error(ErrorCode::BadInput, "the shape " + toString() + " is impossible");
    }
    return isEmpty ? 0 : count;
}

std::vector<int64_t> Shape::strides() const {
    std::vector<int64_t> strides(rank());
    int64_t stride = 1;
    for (size_t axis = rank(); axis-- > 0;) {
        strides[axis] = stride;
        stride *= (*this)[axis];
    }
    return strides;
}

std::string Shape::toString() const {
    return rank() == 0 ? "scalar" : fmt::format("{}", fmt::join(begin(), end(), "x"));
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
    return Shape(extents);
}

size_t normalizeAxis(int64_t axis, size_t rank) {
    const auto r = static_cast<int64_t>(rank);
    if (axis < -r || axis >= r)
        throw Error(ErrorCode::BadInput,
                    fmt::format("axis {} lies outside a tensor of rank {}", axis, rank));
    return static_cast<size_t>(axis < 0 ? axis + r : axis);
}

}  // namespace clipscope
