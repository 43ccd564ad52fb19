// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace clipscope {

/// The extents of a dense row-major tensor, outermost first; rank 0 is a scalar.
class Shape {
public:
    Shape() = default;
    Shape(std::initializer_list<int64_t> extents) { assign(extents.begin(), extents.end()); }
    explicit Shape(const std::vector<int64_t>& extents) {
        assign(extents.data(), extents.data() + extents.size());
    }

    size_t rank() const { return m_many.empty() ? m_few : m_many.size(); }
    int64_t operator[](size_t axis) const { return begin()[axis]; }
    int64_t& operator[](size_t axis) { return begin()[axis]; }
    std::vector<int64_t> extents() const { return {begin(), end()}; }
    const int64_t* begin() const { return m_many.empty() ? m_near.data() : m_many.data(); }
    const int64_t* end() const { return begin() + rank(); }
    int64_t* begin() { return m_many.empty() ? m_near.data() : m_many.data(); }
    int64_t* end() { return begin() + rank(); }

    /// Product of the extents; 1 for a scalar. Throws Error(BadInput) on a negative extent or when
    /// the product does not fit in 63 bits.
    int64_t elementCount() const;

    /// Product of the extents in [first, last).
    int64_t elementCount(size_t first, size_t last) const;

    /// Elements between neighbours along each axis.
    std::vector<int64_t> strides() const;

    /// "1x3x224x224"; "scalar" for rank 0.
    std::string toString() const;

    bool operator==(const Shape&) const = default;

private:
    void assign(const int64_t* first, const int64_t* last);

    // A run copies thousands of shapes: the usual ones without memory of their own.
    std::array<int64_t, 6> m_near{};  ///< up to six extents, zeros behind them
    size_t m_few = 0;                 ///< how many
    std::vector<int64_t> m_many;      ///< the extents where they are more than that
};

/// The shape that ONNX (numpy) broadcasting gives; Error(BadInput) naming both when they clash.
Shape broadcast(const Shape& a, const Shape& b);

/// An axis in [-rank, rank) as one in [0, rank); Error(BadInput) otherwise.
size_t normalizeAxis(int64_t axis, size_t rank);

}  // namespace clipscope
