// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"

/// Products of 8-bit integers on the CPU through oneDNN, exact in int32.
namespace clipscope::runtime {

/// Whether this processor multiplies them exactly: those before AVX-512 VNNI saturate the sums of
/// two products to 16 bits.
bool multipliesInt8();

/// y = x convolved with the weights, without padding (the parameters' pads do not matter): uint8 x
/// and int32 y channels last, int8 weights O x C/groups x kernel. False where oneDNN has no fast
/// kernel for it.
bool convolveInt8(const ConvolutionParameters& parameters, const Tensor& x, const Tensor& weights,
                  Tensor& y, NodeState& state);

/// y = op(a) op(b) over the last two axes of uint8 a and int32 y, for int8 b of two axes; a that is
/// transposed has two, too. False where oneDNN has no fast kernel for it. Of the parameters only
/// transposeA, transposeB and bIsConstant matter.
bool multiplyInt8(const MatmulParameters& parameters, const Tensor& a, const Tensor& b, Tensor& y,
                  NodeState& state);

}  // namespace clipscope::runtime
