// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace clipscope {

/// The extents of a dense row-major tensor, outermost first; rank 0 is a scalar.
class Shape {
public:
    Shape() = default;
    Shape(std::initializer_list<int64_t> extents) : m_extents(extents) {}
    explicit Shape(std::vector<int64_t> extents) : m_extents(std::move(extents)) {}

    size_t rank() const { return m_extents.size(); }
    int64_t operator[](size_t axis) const { return m_extents[axis]; }
    int64_t& operator[](size_t axis) { return m_extents[axis]; }
    const std::vector<int64_t>& extents() const { return m_extents; }
    auto begin() const { return m_extents.begin(); }
    auto end() const { return m_extents.end(); }
    auto begin() { return m_extents.begin(); }
    auto end() { return m_extents.end(); }

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
    std::vector<int64_t> m_extents;
};

/// The shape that ONNX (numpy) broadcasting gives; Error(BadInput) naming both when they clash.
Shape broadcast(const Shape& a, const Shape& b);

/// An axis in [-rank, rank) as one in [0, rank); Error(BadInput) otherwise.
size_t normalizeAxis(int64_t axis, size_t rank);

}  // namespace clipscope
