// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// Tensors of int8 or uint8, on the host.

/// Each byte with its highest bit flipped, as elements of the other type: 128 more or less.
Tensor flippedBytes(const Tensor& x, DType type);

/// x (N x C x spatial, in either layout) as uint8, int8 flipped, channels last, with the pads of a
/// convolution, which are `fill`.
Tensor paddedBytes(Device& device, const Tensor& x, const ConvolutionParameters& parameters,
                   uint8_t fill);

}  // namespace clipscope::runtime
