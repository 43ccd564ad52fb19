// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace clipscope::runtime {

/// How Resize treats one axis, by ONNX's names for modes.
struct ResizeAxis {
    int64_t input = 1;
    int64_t output = 1;
    float scale = 1;
    float roiBegin = 0;
    float roiEnd = 1;
};

struct ResizeMode {
    std::string interpolation = "nearest";  ///< nearest, linear, cubic
    std::string coordinates = "half_pixel";
    std::string nearest = "round_prefer_floor";  ///< "": floor, or ceil where the axis shrinks
    double cubicA = -0.75;
    bool excludeOutside = false;
    bool antialias = false;
};

/// For each output of an axis `width` input elements and their weights; an output outside the
/// region has indices of -1 and no weight.
struct ResizeTaps {
    size_t width = 1;
    std::vector<int64_t> indices;
    std::vector<float> weights;
};

/// Throws Error(BadInput) for a mode that ONNX does not have.
ResizeTaps resizeTaps(const ResizeAxis& axis, const ResizeMode& mode);

}  // namespace clipscope::runtime
