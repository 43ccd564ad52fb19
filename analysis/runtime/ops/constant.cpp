// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/constant.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/element_types.h"

namespace clipscope::runtime {
namespace {

template <typename T>
Tensor vectorOf(const std::vector<T>& values) {
    return Tensor::of<T>({static_cast<int64_t>(values.size())}, values);
}

Tensor constantValue(const graph::Attributes& attributes) {
    if (attributes.has("value"))
        return attributes.getTensor("value");
    if (attributes.has("value_float"))
        return Tensor::scalar(attributes.getFloat("value_float", 0));
    if (attributes.has("value_floats"))
        return vectorOf(attributes.getFloats("value_floats", {}));
    if (attributes.has("value_int"))
        return Tensor::scalar(attributes.getInt("value_int"));
    if (attributes.has("value_ints"))
        return vectorOf(attributes.getInts("value_ints"));
    throw Error(ErrorCode::Unsupported,
                "holds neither numbers nor a dense tensor (value, value_float, value_floats, "
                "value_int, value_ints)");
}

/// start, start + delta... before limit.
template <typename T>
Tensor rangeOf(T start, T limit, T delta) {
    if (delta == 0)
        throw Error(ErrorCode::BadInput, "the step is 0");
    const double length = std::ceil((static_cast<double>(limit) - static_cast<double>(start)) /
                                    static_cast<double>(delta));
    if (!(length < 0x1p40))
        throw Error(
            ErrorCode::BadInput,
            fmt::format("a range from {} to {} in steps of {} is too long", start, limit, delta));
    Tensor y(kDTypeOf<T>, {static_cast<int64_t>(std::max(0.0, length))});
    int64_t i = 0;
    for (T& value : y.mutableValues<T>())
        value = functors::Add{}(start, functors::Mul{}(static_cast<T>(i++), delta));
    return y;
}

}  // namespace

void runConstant(OpContext& context) {
    context.setOutput(0, context.device().fromHost(constantValue(context.attributes())));
}

void runConstantOfShape(OpContext& context) {
    const Tensor value = context.attributes().has("value") ? context.attributes().getTensor("value")
                                                           : Tensor::scalar(0.0f);
    if (value.elementCount() != 1)
        throw Error(ErrorCode::BadInput,
                    "the value " + value.toString() + " is not a single element");
    Device& device = context.device();
    device.fill(device.fromHost(value), context.output(0, value.type(), Shape(context.ints(0))));
}

void runEyeLike(OpContext& context) {
    const Tensor& x = context.input(0);
    if (x.rank() != 2)
        throw Error(ErrorCode::BadInput, "needs a matrix, not " + x.toString());
    const int64_t k = context.attributes().getInt("k", 0);
    const auto type =
        static_cast<DType>(context.attributes().getInt("dtype", static_cast<int64_t>(x.type())));
    if (elementSize(type) == 0)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("cannot make a matrix of ONNX element type {}",
                                static_cast<int64_t>(type)));
    Tensor eye(DType::UInt8, x.shape());
    const auto values = eye.mutableValues<uint8_t>();
    for (int64_t row = 0, i = 0; row < x.shape()[0]; ++row)
        for (int64_t column = 0; column < x.shape()[1]; ++column)
            values[static_cast<size_t>(i++)] = column - k == row;
    Device& device = context.device();
    device.cast(device.fromHost(eye), context.output(0, type, x.shape()));
}

void runRange(OpContext& context) {
    Device& device = context.device();
    const DType type = context.input(0).type();
    const bool half = isHalf(type);
    std::vector<Tensor> bounds;
    for (size_t i = 0; i < 3; ++i) {
        const Tensor& bound = context.input(i);
        if (bound.type() != type || bound.elementCount() != 1)
            throw Error(ErrorCode::BadInput, "start, limit and step must be numbers of one type");
        bounds.push_back(half ? Tensor::scalar(static_cast<float>(toDoubles(bound)[0])) : bound);
    }
    Tensor y;
    visitElementType(bounds[0].type(), [&]<typename T>() {
        if constexpr (!std::is_same_v<T, Boolean>)
            y = rangeOf(bounds[0].values<T>()[0], bounds[1].values<T>()[0],
                        bounds[2].values<T>()[0]);
    });
    if (!y.isDefined())
        throw Error(ErrorCode::Unsupported, fmt::format("not computed for {}", name(type)));
    y = device.fromHost(y);
    if (half)
        device.cast(y, context.output(0, type, y.shape()));
    else
        context.setOutput(0, y);
}

void runShape(OpContext& context) {
    const std::vector<int64_t>& extents = context.input(0).shape().extents();
    const auto rank = static_cast<int64_t>(extents.size());
    auto position = [&](std::string_view attribute, int64_t fallback) {
        const int64_t given = context.attributes().getInt(attribute, fallback);
        return std::clamp<int64_t>(given < 0 ? given + rank : given, 0, rank);
    };
    const int64_t begin = position("start", 0);
    const int64_t end = std::max(begin, position("end", rank));
    context.setOutput(0, context.device().fromHost(vectorOf(std::vector<int64_t>(
                             extents.begin() + begin, extents.begin() + end))));
}

void runSize(OpContext& context) {
    context.setOutput(0,
                      context.device().fromHost(Tensor::scalar(context.input(0).elementCount())));
}

}  // namespace clipscope::runtime
