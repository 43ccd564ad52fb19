// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/math.h"

/// RoiAlign: what lies in regions of images, compiled for every device. A bin is the mean or the
/// maximum of samples, each interpolated between four elements.
namespace clipscope::runtime {

struct RegionForm {
    int64_t height = 1, width = 1;              ///< of the images
    int64_t pooledHeight = 1, pooledWidth = 1;  ///< of what each region becomes
    int64_t samples = 0;  ///< along each axis of a bin; 0: as many as elements
    double scale = 1;
    bool halfPixel = true;
    bool isMaximum = false;

    CLIPSCOPE_HD int64_t bins() const { return pooledHeight * pooledWidth; }
};

namespace functors {

/// Four elements of a plane and their weights.
template <typename T>
struct RegionTaps {
    int64_t offsets[4] = {};
    T weights[4] = {};
};

/// The first bin of a region; the others are as large.
template <typename T>
struct RegionBin {
    T top, left, height, width;
    int64_t rows, columns;  ///< samples
};

template <typename T>
CLIPSCOPE_HD int64_t samplesAlong(T length, int64_t extent) {
    // A region may be larger than the image, samples need not be more.
    const auto most = static_cast<T>(2 * extent + 2);
    const T count = math::ceil(length);
    return static_cast<int64_t>(count > 0 ? (count < most ? count : most) : 0);
}

/// Of the region x1, y1, x2, y2.
template <typename T>
CLIPSCOPE_HD RegionBin<T> binOf(const RegionForm& form, const T* region) {
    const T offset = form.halfPixel ? T(0.5) : T(0);
    const T scale = static_cast<T>(form.scale);
    const T left = region[0] * scale - offset;
    const T top = region[1] * scale - offset;
    T width = region[2] * scale - offset - left;
    T height = region[3] * scale - offset - top;
    if (!form.halfPixel) {
        width = width < 1 ? 1 : width;
        height = height < 1 ? 1 : height;
    }
    RegionBin<T> bin{top,
                     left,
                     height / static_cast<T>(form.pooledHeight),
                     width / static_cast<T>(form.pooledWidth),
                     form.samples,
                     form.samples};
    if (form.samples == 0) {
        bin.rows = samplesAlong(bin.height, form.height);
        bin.columns = samplesAlong(bin.width, form.width);
    }
    return bin;
}

/// Sample (i, j) of the bin in that row and column; one beyond the image has no weight.
template <typename T>
CLIPSCOPE_HD RegionTaps<T> regionTaps(const RegionForm& form, const RegionBin<T>& bin, int64_t row,
                                      int64_t column, int64_t i, int64_t j) {
    const T y = bin.top + static_cast<T>(row) * bin.height +
                (static_cast<T>(i) + T(0.5)) * bin.height / static_cast<T>(bin.rows);
    const T x = bin.left + static_cast<T>(column) * bin.width +
                (static_cast<T>(j) + T(0.5)) * bin.width / static_cast<T>(bin.columns);
    if (!(y >= -1 && x >= -1 && y <= static_cast<T>(form.height) &&
          x <= static_cast<T>(form.width)))
        return {};
    const T h = y > 0 ? y : 0;
    const T w = x > 0 ? x : 0;
    const auto last = [](T at, int64_t extent) {
        const auto whole = static_cast<int64_t>(at);
        return whole < extent - 1 ? whole : extent - 1;
    };
    const int64_t top = last(h, form.height);
    const int64_t left = last(w, form.width);
    const int64_t bottom = top + 1 < form.height ? top + 1 : top;
    const int64_t right = left + 1 < form.width ? left + 1 : left;
    const T down = top == bottom ? 0 : h - static_cast<T>(top);
    const T across = left == right ? 0 : w - static_cast<T>(left);
    return {{top * form.width + left, top * form.width + right, bottom * form.width + left,
             bottom * form.width + right},
            {(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across}};
}

/// The samples of a bin, one after the other.
template <typename T>
struct RegionSum {
    T value = 0;
    int64_t count = 0;

    CLIPSCOPE_HD void add(const T* plane, const RegionTaps<T>& taps, bool isMaximum) {
        T sample = isMaximum ? taps.weights[0] * plane[taps.offsets[0]] : 0;
        for (int t = 0; t < 4; ++t) {
            const T part = taps.weights[t] * plane[taps.offsets[t]];
            sample = isMaximum ? (sample < part ? part : sample) : sample + part;
        }
        const bool takes = count == 0 || value < sample;
        value = isMaximum ? (takes ? sample : value) : value + sample;
        ++count;
    }
    CLIPSCOPE_HD T result(bool isMaximum) const {
        return isMaximum ? value : value / static_cast<T>(count > 0 ? count : 1);
    }
};

}  // namespace functors
}  // namespace clipscope::runtime
