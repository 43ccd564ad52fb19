// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/resize_taps.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/tensor/memory_budget.h"

namespace clipscope::runtime {
namespace {

/// Where output i lies in the input. In float32, as ONNX Runtime computes it: with a scale of 2.4,
/// which no float is, output 12 then lies at 5 rather than just before it.
///
/// The length of the resized axis is the scaled one before it is rounded down: so do the reference
/// and the test data of onnx, where it is meant (onnx issue 2462: 4 elements by 0.6 with
/// align_corners lie at 0 and 3 / 1.4). ONNX Runtime takes the rounded one, as for sizes, where
/// the two are the same.
float coordinate(const ResizeAxis& axis, const std::string& mode, int64_t i) {
    const auto x = static_cast<float>(i);
    const auto input = static_cast<float>(axis.input);
    const float resized = axis.scale * input;
    const float halfPixel = (x + 0.5f) / axis.scale - 0.5f;
    if (mode == "half_pixel")
        return halfPixel;
    if (mode == "asymmetric")
        return x / axis.scale;
    if (mode == "align_corners")
        return resized == 1 ? 0 : x * (input - 1) / (resized - 1);
    if (mode == "pytorch_half_pixel")
        return axis.output > 1 ? halfPixel : 0;
    if (mode == "half_pixel_symmetric")
        return input / 2 * (1 - static_cast<float>(axis.output) / resized) + halfPixel;
    if (mode == "tf_half_pixel_for_nn")
        return (x + 0.5f) / axis.scale;
    if (mode != "tf_crop_and_resize")
        throw Error(ErrorCode::BadInput, "there is no coordinate transformation '" + mode + "'");
    const float extent = (axis.roiEnd - axis.roiBegin) * (input - 1);
    return axis.roiBegin * (input - 1) + (resized == 1 ? extent / 2 : x * extent / (resized - 1));
}

double nearestOf(double x, const ResizeAxis& axis, const std::string& mode) {
    if (mode.empty())
        return axis.scale < 1 ? std::ceil(x) : std::floor(x);
    if (mode == "round_prefer_floor")
        return std::ceil(x - 0.5);
    if (mode == "round_prefer_ceil")
        return std::floor(x + 0.5);
    if (mode == "floor")
        return std::floor(x);
    if (mode == "ceil")
        return std::ceil(x);
    throw Error(ErrorCode::BadInput, "there is no nearest_mode '" + mode + "'");
}

/// The weight of an element at distance x (Keys, "Cubic convolution interpolation", for cubic).
double kernel(const ResizeMode& mode, double x) {
    x = std::abs(x);
    if (mode.interpolation == "linear")
        return std::max(0.0, 1 - x);
    const double a = mode.cubicA;
    if (x <= 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/// Weights of the elements first, first + 1... around x, their sum 1.
void weighTaps(const ResizeMode& mode, const ResizeAxis& axis, double x, int64_t first,
               double stretch, double* weights, size_t count) {
    double sum = 0;
    for (size_t t = 0; t < count; ++t) {
        const int64_t index = first + static_cast<int64_t>(t);
        const bool excluded = mode.excludeOutside && (index < 0 || index >= axis.input);
        weights[t] = excluded ? 0 : kernel(mode, (static_cast<double>(index) - x) * stretch);
        sum += weights[t];
    }
    for (size_t t = 0; t < count && sum != 0; ++t)
        weights[t] /= sum;
}

}  // namespace

ResizeTaps resizeTaps(const ResizeAxis& axis, const ResizeMode& mode) {
    const bool isNearest = mode.interpolation == "nearest";
    if (!isNearest && mode.interpolation != "linear" && mode.interpolation != "cubic")
        throw Error(ErrorCode::BadInput, "there is no mode '" + mode.interpolation + "'");
    const double stretch = mode.antialias ? std::min(1.0f, axis.scale) : 1;  // of the kernel
    const double reach = (mode.interpolation == "cubic" ? 2 : 1) / stretch;
    ResizeTaps taps;
    const double width = isNearest ? 1 : 2 * std::ceil(reach);
    if (!(width < 0x1p40))
        throw Error(ErrorCode::BadInput, fmt::format("cannot resize by the scale {}", axis.scale));
    taps.width = static_cast<size_t>(width);
    requireRoom(axis.output, taps.width * (sizeof(int64_t) + sizeof(float)));
    std::vector<double> weights(taps.width, 1);
    for (int64_t i = 0; i < axis.output; ++i) {
        const double x = coordinate(axis, mode.coordinates, i);
        const bool outside = mode.coordinates == "tf_crop_and_resize" &&
                             (x < 0 || x > static_cast<double>(axis.input - 1));
        const double limit = static_cast<double>(axis.input) + 2 * reach;
        const double near = std::clamp(isNearest ? nearestOf(x, axis, mode.nearest) : std::floor(x),
                                       -2 * reach, limit);
        const auto first =
            static_cast<int64_t>(near) - (isNearest ? 0 : static_cast<int64_t>(taps.width / 2) - 1);
        if (!isNearest)
            weighTaps(mode, axis, x, first, stretch, weights.data(), taps.width);
        for (size_t t = 0; t < taps.width; ++t) {
            const int64_t index = first + static_cast<int64_t>(t);
            taps.indices.push_back(outside ? -1 : std::clamp<int64_t>(index, 0, axis.input - 1));
            taps.weights.push_back(outside ? 0.0f : static_cast<float>(weights[t]));
        }
    }
    return taps;
}

}  // namespace clipscope::runtime
