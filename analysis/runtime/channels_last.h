// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/runtime/device.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// Convolutions like the channels of a position side by side, and what follows them mostly does not
/// care: tensors stay in that layout until an operator asks for row-major ones.

/// The tensor itself where it is row-major.
Tensor toRowMajor(Device& device, const Tensor& tensor);
/// Of at least three axes. Moves no element where there is one channel or one position.
Tensor toChannelsLast(Device& device, const Tensor& tensor);

/// The operands of an elementwise operator in memory order, so that broadcasting over their shapes
/// gives the elements of the result in that order; undefined ones stay. False, and nothing done,
/// where none is ChannelsLast or one has more axes than those.
bool toMemoryOrder(Device& device, std::vector<Tensor>& operands);

}  // namespace clipscope::runtime
