// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/math.h"

/// Deformable convolution: the elements under taps that are moved, compiled for every device.
namespace clipscope::runtime {

/// Of one sample; pairs are of rows and columns.
struct DeformForm {
    int64_t channels = 1, height = 1, width = 1;
    int64_t offsetGroups = 1;  ///< of channels whose taps move alike
    int64_t kernel[2] = {1, 1};
    int64_t strides[2] = {1, 1};
    int64_t dilations[2] = {1, 1};
    int64_t pads[2] = {0, 0};
    int64_t outputs[2] = {1, 1};

    CLIPSCOPE_HD int64_t taps() const { return kernel[0] * kernel[1]; }
    CLIPSCOPE_HD int64_t positions() const { return outputs[0] * outputs[1]; }
};

namespace functors {

/// A plane at (y, x), between four elements; those beyond it are 0.
template <typename T>
CLIPSCOPE_HD T bilinearAt(const T* plane, int64_t height, int64_t width, T y, T x) {
    if (!(y > -1 && x > -1 && y < static_cast<T>(height) && x < static_cast<T>(width)))
        return 0;
    const T top = math::floor(y);
    const T left = math::floor(x);
    T sum = 0;
    for (int i = 0; i < 4; ++i) {
        const int64_t row = static_cast<int64_t>(top) + i / 2;
        const int64_t column = static_cast<int64_t>(left) + i % 2;
        if (row < 0 || column < 0 || row >= height || column >= width)
            continue;
        const T down = i / 2 == 1 ? y - top : 1 - (y - top);
        sum += down * (i % 2 == 1 ? x - left : 1 - (x - left)) * plane[row * width + column];
    }
    return sum;
}

/// What lies under tap i % taps of channel i / taps at an output position. `offsets` are
/// offset groups x taps x (row, column) x positions, `mask` (or null) offset groups x taps x
/// positions.
template <typename T>
CLIPSCOPE_HD T deformedAt(const DeformForm& form, const T* x, const T* offsets, const T* mask,
                          int64_t i, int64_t position) {
    const int64_t channel = i / form.taps();
    const int64_t tap = i % form.taps();
    const int64_t moved = channel / (form.channels / form.offsetGroups) * form.taps() + tap;
    const int64_t positions = form.positions();
    const int64_t row = position / form.outputs[1] * form.strides[0] - form.pads[0] +
                        tap / form.kernel[1] * form.dilations[0];
    const int64_t column = position % form.outputs[1] * form.strides[1] - form.pads[1] +
                           tap % form.kernel[1] * form.dilations[1];
    const T value =
        bilinearAt(x + channel * form.height * form.width, form.height, form.width,
                   static_cast<T>(row) + offsets[2 * moved * positions + position],
                   static_cast<T>(column) + offsets[(2 * moved + 1) * positions + position]);
    return mask ? value * mask[moved * positions + position] : value;
}

}  // namespace functors
}  // namespace clipscope::runtime
