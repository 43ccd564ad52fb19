// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// Whether the rows of a convolution's output `y` are so long that the CPU should make it in
/// pieces: what oneDNN takes to plan one, time and memory, grows with them (a row of a million, by
/// sound or by absurd pads, takes it a minute and 4 GiB).
bool isWide(const Device& device, const Shape& y);

/// Device::convolve, not transposed, on row-major x and y: where y is wide, a piece at a time.
void convolveInPieces(Device& device, const ConvolutionParameters& parameters, const Tensor& x,
                      const Tensor& weights, const Tensor* bias, Tensor& y, NodeState& state);

}  // namespace clipscope::runtime
