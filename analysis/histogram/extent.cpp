// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/extent.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

/// A float's bits as an integer that is ordered as the floats are: NaNs lie beyond the infinities,
/// -0 just below 0. Its own inverse.
constexpr int32_t ordered(int32_t bits) {
    return bits ^ ((bits >> 31) & 0x7fffffff);
}
constexpr int32_t kInfinity = 0x7f800000;
constexpr int32_t kMinusInfinity = ordered(std::bit_cast<int32_t>(0xff800000u));

struct OrderedExtent {
    int32_t min = std::numeric_limits<int32_t>::max();
    int32_t max = std::numeric_limits<int32_t>::min();
    uint32_t finite = 0;
};

CLIPSCOPE_VECTORISE
OrderedExtent extentOfAll(const float* values, size_t count) {
    OrderedExtent extent;
    for (size_t i = 0; i < count; ++i) {
        const int32_t value = ordered(std::bit_cast<int32_t>(values[i]));
        extent.min = std::min(extent.min, value);
        extent.max = std::max(extent.max, value);
    }
    return extent;
}

CLIPSCOPE_VECTORISE
OrderedExtent extentOfFinite(const float* values, size_t count) {
    OrderedExtent extent;
    for (size_t i = 0; i < count; ++i) {
        const int32_t value = ordered(std::bit_cast<int32_t>(values[i]));
        const bool finite = value > kMinusInfinity && value < kInfinity;
        extent.min = std::min(extent.min, finite ? value : std::numeric_limits<int32_t>::max());
        extent.max = std::max(extent.max, finite ? value : std::numeric_limits<int32_t>::min());
        extent.finite += finite;
    }
    return extent;
}

}  // namespace

float Extent::amax() const {
    return finite ? std::max(std::abs(min), std::abs(max)) : 0.0f;
}

void Extent::include(const Extent& other) {
    if (other.finite == 0)
        return;
    min = finite ? std::min(min, other.min) : other.min;
    max = finite ? std::max(max, other.max) : other.max;
    finite += other.finite;
}

Extent extentOf(std::span<const float> values) {
    constexpr size_t kPiece = size_t{1} << 20;  // fits the 32-bit count
    Extent result;
    for (; !values.empty(); values = values.subspan(std::min(kPiece, values.size()))) {
        const size_t count = std::min(kPiece, values.size());
        OrderedExtent piece = extentOfAll(values.data(), count);
        piece.finite = static_cast<uint32_t>(count);
        if (piece.min <= kMinusInfinity || piece.max >= kInfinity)
            piece = extentOfFinite(values.data(), count);
        if (piece.finite > 0)  // + 0 turns -0 into 0
            result.include({std::bit_cast<float>(ordered(piece.min)) + 0.0f,
                            std::bit_cast<float>(ordered(piece.max)) + 0.0f, piece.finite});
    }
    return result;
}

}  // namespace clipscope::histogram
