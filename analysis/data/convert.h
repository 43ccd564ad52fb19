// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/tensor/tensor.h"

namespace clipscope::data {

/// Whether values of `from` are accepted for an input of type `to`: the same type, any number or
/// bool to a floating-point type (rounded to nearest), integers to integers. Not float to integer,
/// which would lose values silently, and nothing else to bool.
bool canConvert(DType from, DType to);

/// The tensor in another element type; itself when it has it already. Throws Error(BadInput) when
/// canConvert() is false or an integer does not fit.
Tensor converted(const Tensor& tensor, DType type);

}  // namespace clipscope::data
