// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"

/// Operators of float64 models that devices have for float32 only: plain loops in float64 on the
/// host, for tensors there and row-major.
namespace clipscope::runtime {

/// Along `axis`; log: logarithm of it.
Tensor softmaxInDouble(const Tensor& x, size_t axis, bool log);

/// Device::layerNormalize.
Tensor layerNormalizedInDouble(const Tensor& x, size_t axis, double epsilon, bool rms,
                               const Tensor* scale, const Tensor* bias);

/// x * scale[c] + shift[c], c along axis 1.
Tensor scaledInDouble(const Tensor& x, const Tensor& scale, const Tensor& shift);

/// Device::convolve with one to three spatial axes; `y` is the shape of the result.
Tensor convolvedInDouble(const ConvolutionParameters& parameters, const Tensor& x,
                         const Tensor& weights, const Tensor* bias, const Shape& y);

}  // namespace clipscope::runtime
