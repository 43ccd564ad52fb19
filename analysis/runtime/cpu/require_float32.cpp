// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/require_float32.h"

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {

void requireFloat32(std::string_view what, std::initializer_list<const Tensor*> tensors) {
    for (const Tensor* tensor : tensors)
        if (tensor && tensor->type() != DType::Float32)
            throw Error(ErrorCode::Unsupported,
                        fmt::format("the CPU has no {} for {}, only for float32", what,
                                    name(tensor->type())));
}

}  // namespace clipscope::runtime
