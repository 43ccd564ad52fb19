// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>

#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// Error(Unsupported) naming the operator and the type unless all are float32; null ones are none.
void requireFloat32(std::string_view what, std::initializer_list<const Tensor*> tensors);

}  // namespace clipscope::runtime
