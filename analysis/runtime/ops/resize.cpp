// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/resize.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/resize_taps.h"

namespace clipscope::runtime {
namespace {

/// x with one axis resized. chooses: by its elements, of any type, each from one tap.
Tensor resizedAlong(Device& device, const Tensor& x, size_t axis, const ResizeTaps& taps,
                    int64_t outputs, bool chooses, float extrapolated) {
    Shape shape = x.shape();
    shape[axis] = outputs;
    Tensor y = device.allocate(x.type(), shape);
    if (chooses)
        device.gather(x, axis, taps.indices, y);
    else
        device.resize(x, axis, taps, extrapolated, y);
    return y;
}

void resize(OpContext& context, const std::vector<ResizeAxis>& axes, const ResizeMode& mode,
            float extrapolated) {
    const Tensor& x = context.input(0);
    Shape shape = x.shape();
    for (size_t axis = 0; axis < axes.size(); ++axis) {
        shape[axis] = axes[axis].output;
        if (axes[axis].output < 0 || (axes[axis].input == 0 && axes[axis].output != 0))
            throw Error(ErrorCode::BadInput,
                        fmt::format("cannot resize {} to {}", x.toString(), shape.toString()));
    }
    shape.elementCount();
    const bool chooses =
        mode.interpolation == "nearest" && mode.coordinates != "tf_crop_and_resize";
    Device& device = context.device();
    Tensor y = chooses ? x : converted(device, x, DType::Float32);
    for (size_t axis = 0; axis < axes.size(); ++axis) {
        const ResizeAxis& a = axes[axis];
        if (a.input == a.output && a.scale == 1 && a.roiBegin == 0 && a.roiEnd == 1)
            continue;
        y = resizedAlong(device, y, axis, resizeTaps(a, mode), a.output, chooses, extrapolated);
    }
    context.setOutput(0, converted(device, y, x.type()));
}

std::vector<ResizeAxis> wholeAxes(const Shape& x) {
    std::vector<ResizeAxis> axes;
    for (const int64_t extent : x)
        axes.push_back({.input = extent, .output = extent});
    return axes;
}

/// A small input on the host.
std::vector<float> floats(const OpContext& context, size_t i) {
    std::vector<float> values;
    for (const double value : context.doubles(i))
        values.push_back(static_cast<float>(value));
    return values;
}

/// The product is rounded to float32, as the shape inference of ONNX does: 5 elements by 2.6
/// are 13.
void setScale(ResizeAxis& axis, float scale) {
    const float output = std::floor(static_cast<float>(axis.input) * scale);
    if (!(scale > 0) || !(output < 0x1p40f))
        throw Error(ErrorCode::BadInput, fmt::format("cannot resize by the scale {}", scale));
    axis.scale = scale;
    axis.output = static_cast<int64_t>(output);
}

/// The axes that scales, sizes and the region of interest speak of.
std::vector<size_t> namedAxes(const OpContext& context, size_t rank) {
    std::vector<size_t> named(rank);
    std::iota(named.begin(), named.end(), size_t{0});
    if (!context.attributes().has("axes"))
        return named;
    named.clear();
    for (const int64_t axis : context.attributes().getInts("axes"))
        named.push_back(normalizeAxis(axis, rank));
    return named;
}

void setSizes(const OpContext& context, const std::vector<size_t>& named,
              std::vector<ResizeAxis>& axes) {
    const std::vector<int64_t> sizes = context.ints(3);
    const std::string policy =
        context.attributes().getString("keep_aspect_ratio_policy", "stretch");
    if (sizes.size() != named.size())
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} sizes for {} axes", sizes.size(), named.size()));
    std::vector<float> scales;
    for (size_t i = 0; i < named.size(); ++i) {
        ResizeAxis& axis = axes[named[i]];
        axis.output = sizes[i];
        axis.scale = static_cast<float>(sizes[i]) / static_cast<float>(axis.input);
        scales.push_back(axis.scale);
    }
    if (policy == "stretch" || scales.empty())
        return;
    const float scale =
        policy == "not_larger" ? std::ranges::min(scales) : std::ranges::max(scales);
    for (const size_t i : named) {
        axes[i].scale = scale;
        axes[i].output =
            static_cast<int64_t>(std::round(scale * static_cast<float>(axes[i].input)));
    }
}

void setScales(const std::vector<float>& scales, const std::vector<size_t>& named,
               std::vector<ResizeAxis>& axes) {
    if (scales.size() != named.size())
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} scales for {} axes", scales.size(), named.size()));
    for (size_t i = 0; i < named.size(); ++i)
        setScale(axes[named[i]], scales[i]);
}

}  // namespace

void runResize(OpContext& context) {
    if (context.opset() < 11)
        return runUpsample(context);
    const graph::Attributes& attributes = context.attributes();
    const Tensor& x = context.input(0);
    std::vector<ResizeAxis> axes = wholeAxes(x.shape());
    const std::vector<size_t> named = namedAxes(context, x.rank());
    if (context.hasInput(3) && context.input(3).elementCount() > 0)
        setSizes(context, named, axes);
    else
        setScales(floats(context, 2), named, axes);
    ResizeMode mode;
    mode.interpolation = attributes.getString("mode", mode.interpolation);
    mode.coordinates = attributes.getString("coordinate_transformation_mode", mode.coordinates);
    mode.nearest = attributes.getString("nearest_mode", mode.nearest);
    mode.cubicA = static_cast<double>(attributes.getFloat("cubic_coeff_a", -0.75f));
    mode.excludeOutside = attributes.getInt("exclude_outside", 0) != 0;
    mode.antialias = attributes.getInt("antialias", 0) != 0;
    if (mode.coordinates == "tf_crop_and_resize") {
        const std::vector<float> roi = floats(context, 1);
        if (roi.size() != 2 * named.size())
            throw Error(ErrorCode::BadInput, fmt::format("the region has {} bounds for {} axes",
                                                         roi.size(), named.size()));
        for (size_t i = 0; i < named.size(); ++i) {
            axes[named[i]].roiBegin = roi[i];
            axes[named[i]].roiEnd = roi[named.size() + i];
        }
    }
    resize(context, axes, mode, attributes.getFloat("extrapolation_value", 0));
}

/// Also Resize before opset 11: no choice of coordinates yet.
void runUpsample(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::vector<float> scales = context.attributes().has("scales")
                                          ? context.attributes().getFloats("scales", {})
                                          : floats(context, 1);
    std::vector<ResizeAxis> axes = wholeAxes(x.shape());
    setScales(scales, namedAxes(context, x.rank()), axes);
    ResizeMode mode;
    mode.interpolation = context.attributes().getString("mode", "nearest");
    mode.coordinates = "asymmetric";
    mode.nearest = "";
    resize(context, axes, mode, 0);
}

}  // namespace clipscope::runtime
