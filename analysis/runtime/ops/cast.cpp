// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/cast.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/tensor/narrow.h"

namespace clipscope::runtime {
namespace {

NarrowRounding roundingOf(const OpContext& context) {
    const std::string mode = context.attributes().getString("round_mode", "up");
    if (mode != "up" && mode != "down" && mode != "nearest")
        throw Error(ErrorCode::BadInput, "there is no round_mode '" + mode + "'");
    NarrowRounding rounding;
    rounding.saturate = context.attributes().getInt("saturate", 1) != 0;
    if (mode != "up")
        rounding.powers =
            mode == "down" ? NarrowRounding::Direction::Down : NarrowRounding::Direction::Nearest;
    return rounding;
}

/// From or to a type of 8 bits or fewer, through float32 on the host.
Tensor castNarrow(OpContext& context, const Tensor& x, DType type) {
    Device& device = context.device();
    const Tensor floats = converted(device, x, DType::Float32);
    if (isNarrow(type))
        return device.fromHost(toNarrow(type, device.toHost(floats), roundingOf(context)));
    return converted(device, floats, type);
}

void castTo(OpContext& context, DType type) {
    const Tensor& x = context.input(0);
    if (x.type() == type)
        return context.setOutput(0, x);
    if (isNarrow(x.type()) || isNarrow(type))
        return context.setOutput(0, castNarrow(context, x, type));
    context.device().cast(x, context.output(0, type, x.shape()));
}

}  // namespace

void runCast(OpContext& context) {
    const int64_t to = context.attributes().getInt("to");
    const auto type = static_cast<DType>(to);
    if (elementSize(type) == 0)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("cannot cast to ONNX element type {} ({})", to, name(type)));
    castTo(context, type);
}

void runCastLike(OpContext& context) {
    castTo(context, context.input(1).type());
}

}  // namespace clipscope::runtime
