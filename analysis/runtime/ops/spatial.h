// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/graph/attributes.h"

namespace clipscope::runtime {

/// How a kernel slides over the spatial axes (all but the first two), with the attributes
/// `strides`, `dilations`, `pads` and `auto_pad` resolved.
struct SpatialWindow {
    std::vector<int64_t> kernel;
    std::vector<int64_t> strides;
    std::vector<int64_t> dilations;
    std::vector<int64_t> padsBegin;
    std::vector<int64_t> padsEnd;  ///< as the model gives it or auto_pad computes it
    std::vector<int64_t> output;   ///< extents of the output

    /// Elements that the kernel spans along an axis: (kernel - 1) * dilation + 1.
    int64_t reach(size_t axis) const { return (kernel[axis] - 1) * dilations[axis] + 1; }
    /// padsEnd such that the last window fits: more than padsEnd where ceil_mode adds a window.
    std::vector<int64_t> coveringPadsEnd(std::span<const int64_t> input) const;
};

/// The window of a convolution or pooling over `input` (spatial extents). ceilMode: the number of
/// outputs is rounded up, but no window starts beyond the input and its first padding. Throws
/// Error(BadInput) where an attribute has not one value (pads: two) per axis, or is not positive
/// (pads: negative), and where the window is larger than the padded input.
SpatialWindow slidingWindow(const graph::Attributes& attributes, std::vector<int64_t> kernel,
                            std::span<const int64_t> input, bool ceilMode = false);

/// The window of a transposed convolution: `input` is what the window slides over, `output` what
/// it writes, from `output_shape`, or from `pads`, `auto_pad` and `output_padding`.
SpatialWindow transposedWindow(const graph::Attributes& attributes, std::vector<int64_t> kernel,
                               std::span<const int64_t> input);

/// The extents after the first two of a shape N x C x spatial; Error(BadInput) when there are none.
std::vector<int64_t> spatialExtents(const Shape& shape);

}  // namespace clipscope::runtime
