// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/cast.h"

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

void castTo(OpContext& context, DType type) {
    const Tensor& x = context.input(0);
    if (x.type() == type)
        return context.setOutput(0, x);
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
