// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/spatial.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

using graph::Attributes;

constexpr int64_t kLargest = int64_t{1} << 20;  // so that no product of two overflows
constexpr int64_t kMostBeyond = 4096;           // that a kernel may span of padding
constexpr int64_t kLargestInput = int64_t{1} << 31;

std::vector<int64_t> perAxis(const Attributes& attributes, std::string_view name, size_t count,
                             int64_t fallback, int64_t least) {
    std::vector<int64_t> values = attributes.getInts(name, std::vector<int64_t>(count, fallback));
    if (values.size() != count ||
        std::ranges::any_of(values, [&](auto v) { return v < least || v > kLargest; }))
        throw Error(ErrorCode::BadInput,
                    fmt::format("attribute '{}' is [{}]; it needs {} values of {} to {}", name,
                                fmt::join(values, ", "), count, least, kLargest));
    return values;
}

/// Kernel, strides, dilations and the explicit pads.
SpatialWindow explicitWindow(const Attributes& attributes, std::vector<int64_t> kernel,
                             size_t axes) {
    SpatialWindow window;
    window.kernel = std::move(kernel);
    if (window.kernel.size() != axes ||
        std::ranges::any_of(window.kernel, [](int64_t k) { return k < 1 || k > kLargest; }))
        throw Error(ErrorCode::BadInput,
                    fmt::format("the kernel is [{}]; it needs {} positive extents",
                                fmt::join(window.kernel, ", "), axes));
    window.strides = perAxis(attributes, "strides", axes, 1, 1);
    window.dilations = perAxis(attributes, "dilations", axes, 1, 1);
    const std::vector<int64_t> pads = perAxis(attributes, "pads", 2 * axes, 0, 0);
    const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(axes);
    window.padsBegin.assign(pads.begin(), middle);
    window.padsEnd.assign(middle, pads.end());
    return window;
}

/// Extents can be numbers of the model, too (Col2Im).
void requireReasonable(std::span<const int64_t> input) {
    for (const int64_t extent : input)
        if (extent < 0 || extent > kLargestInput)
            throw Error(ErrorCode::BadInput,
                        fmt::format("a spatial axis of {} elements is impossible", extent));
}

enum class AutoPad { Explicit, Valid, SameUpper, SameLower };

AutoPad autoPadOf(const Attributes& attributes) {
    const std::string name = attributes.getString("auto_pad", "NOTSET");
    if (name == "NOTSET" || name.empty())
        return AutoPad::Explicit;
    if (name == "VALID")
        return AutoPad::Valid;
    if (name == "SAME_UPPER")
        return AutoPad::SameUpper;
    if (name == "SAME_LOWER")
        return AutoPad::SameLower;
    throw Error(ErrorCode::BadInput, fmt::format("auto_pad is '{}'; it may be NOTSET, VALID, "
                                                 "SAME_UPPER or SAME_LOWER",
                                                 name));
}

/// Splits the padding of an axis; the odd element goes to the end, or to the begin.
void splitPads(SpatialWindow& window, size_t axis, int64_t total, bool oddAtEnd) {
    const int64_t half = total / 2;
    window.padsBegin[axis] = oddAtEnd ? half : total - half;
    window.padsEnd[axis] = total - window.padsBegin[axis];
}

int64_t slidingOutputs(const SpatialWindow& window, size_t axis, int64_t input, bool ceilMode) {
    const int64_t begin = window.padsBegin[axis];
    const int64_t stride = window.strides[axis];
    const int64_t room = input + begin + window.padsEnd[axis] - window.reach(axis);
    if (room < 0 || window.reach(axis) > input + kMostBeyond)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the kernel spans {} elements of spatial axis {}, which has {} and "
                                "{} of padding",
                                window.reach(axis), axis, input, begin + window.padsEnd[axis]));
    int64_t outputs = room / stride + 1;
    if (ceilMode && room % stride != 0 && outputs * stride < input + begin)
        ++outputs;
    return outputs;
}

}  // namespace

std::vector<int64_t> SpatialWindow::coveringPadsEnd(std::span<const int64_t> input) const {
    std::vector<int64_t> covering = padsEnd;
    for (size_t axis = 0; axis < kernel.size(); ++axis)
        covering[axis] = std::max(padsEnd[axis], (output[axis] - 1) * strides[axis] + reach(axis) -
                                                     input[axis] - padsBegin[axis]);
    return covering;
}

SpatialWindow slidingWindow(const Attributes& attributes, std::vector<int64_t> kernel,
                            std::span<const int64_t> input, bool ceilMode) {
    requireReasonable(input);
    SpatialWindow window = explicitWindow(attributes, std::move(kernel), input.size());
    const AutoPad autoPad = autoPadOf(attributes);
    window.output.resize(input.size());
    for (size_t axis = 0; axis < input.size(); ++axis) {
        if (autoPad != AutoPad::Explicit)
            splitPads(window, axis, 0, true);
        if (autoPad == AutoPad::SameUpper || autoPad == AutoPad::SameLower) {
            const int64_t stride = window.strides[axis];
            const int64_t outputs = (input[axis] + stride - 1) / stride;
            const int64_t pads = (outputs - 1) * stride + window.reach(axis) - input[axis];
            splitPads(window, axis, std::max<int64_t>(0, pads), autoPad == AutoPad::SameUpper);
        }
        window.output[axis] = slidingOutputs(window, axis, input[axis], ceilMode);
    }
    return window;
}

SpatialWindow transposedWindow(const Attributes& attributes, std::vector<int64_t> kernel,
                               std::span<const int64_t> input) {
    const size_t axes = input.size();
    requireReasonable(input);
    SpatialWindow window = explicitWindow(attributes, std::move(kernel), axes);
    const AutoPad autoPad = autoPadOf(attributes);
    const auto outputPadding = perAxis(attributes, "output_padding", axes, 0, 0);
    window.output.resize(axes);
    std::vector<int64_t> wanted;
    if (attributes.has("output_shape")) {
        wanted = attributes.getInts("output_shape");
        if (wanted.size() == axes + 2)  // some exporters write batch and channels too
            wanted.erase(wanted.begin(), wanted.begin() + 2);
        if (wanted.size() != axes)
            throw Error(ErrorCode::BadInput,
                        fmt::format("attribute 'output_shape' is [{}]; it needs {} values",
                                    fmt::join(wanted, ", "), axes));
        requireReasonable(wanted);
    } else if (autoPad == AutoPad::SameUpper || autoPad == AutoPad::SameLower) {
        for (size_t axis = 0; axis < axes; ++axis)
            wanted.push_back(input[axis] * window.strides[axis]);
    }
    for (size_t axis = 0; axis < axes; ++axis) {
        const int64_t full =
            window.strides[axis] * (input[axis] - 1) + outputPadding[axis] + window.reach(axis);
        if (autoPad == AutoPad::Valid)
            splitPads(window, axis, 0, true);
        if (!wanted.empty())
            splitPads(window, axis, std::max<int64_t>(0, full - wanted[axis]),
                      autoPad == AutoPad::SameUpper);
        window.output[axis] =
            wanted.empty() ? full - window.padsBegin[axis] - window.padsEnd[axis] : wanted[axis];
        if (window.output[axis] < 1)
            throw Error(ErrorCode::BadInput,
                        fmt::format("spatial axis {} of the output would have {} elements", axis,
                                    window.output[axis]));
    }
    return window;
}

std::vector<int64_t> spatialExtents(const Shape& shape) {
    if (shape.rank() < 3)
        throw Error(
            ErrorCode::BadInput,
            fmt::format("the input {} needs batch, channels and spatial axes", shape.toString()));
    return {shape.begin() + 2, shape.end()};
}

}  // namespace clipscope::runtime
