// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace clipscope::runtime {

/// The four elements around a place of a plane and their weights, in the type of the elements.
template <typename T>
struct BilinearTaps {
    std::array<int64_t, 4> offsets{};
    std::array<T, 4> weights{};
};

/// At (y, x) inside the plane, or at its edge: elements beyond it repeat the last.
template <typename T>
BilinearTaps<T> bilinearInside(T y, T x, int64_t height, int64_t width) {
    const auto top = std::min(static_cast<int64_t>(y), height - 1);
    const auto left = std::min(static_cast<int64_t>(x), width - 1);
    const int64_t bottom = std::min(top + 1, height - 1);
    const int64_t right = std::min(left + 1, width - 1);
    const T down = top == bottom ? 0 : y - static_cast<T>(top);
    const T across = left == right ? 0 : x - static_cast<T>(left);
    return {
        {top * width + left, top * width + right, bottom * width + left, bottom * width + right},
        {(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across}};
}

/// At any (y, x): elements beyond the plane are 0.
template <typename T>
BilinearTaps<T> bilinearZeros(T y, T x, int64_t height, int64_t width) {
    BilinearTaps<T> taps;
    if (!(y > -1 && x > -1 && y < static_cast<T>(height) && x < static_cast<T>(width)))
        return taps;
    const T top = std::floor(y);
    const T left = std::floor(x);
    for (size_t i = 0; i < 4; ++i) {
        const int64_t row = static_cast<int64_t>(top) + (i >= 2 ? 1 : 0);
        const int64_t column = static_cast<int64_t>(left) + static_cast<int64_t>(i % 2);
        if (row < 0 || column < 0 || row >= height || column >= width)
            continue;
        taps.offsets[i] = row * width + column;
        taps.weights[i] =
            (i >= 2 ? y - top : 1 - (y - top)) * (i % 2 == 1 ? x - left : 1 - (x - left));
    }
    return taps;
}

}  // namespace clipscope::runtime
