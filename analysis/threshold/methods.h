// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "analysis/threshold/method.h"

/// What the files of the methods give to the table (method_table.cpp): a function a method and the
/// list of its parameters. Degenerate tensors and parameters out of range never arrive here.
namespace clipscope::threshold {

/// T = amax; (min, max) for affine.
Result minmax(const Distribution&, const Parameters&);

/// The candidate of least Kullback-Leibler divergence. Source: NVIDIA pytorch-quantization 2.2.1.
Result entropy(const Distribution&, const Parameters&);
/// Source: NVIDIA's published pseudocode (GTC 2017, "8-bit inference with TensorRT").
Result entropyGtc(const Distribution&, const Parameters&);
/// Inferred from public TensorRT caches.
Result entropyTrt(const Distribution&, const Parameters&);
std::span<const ParameterInfo> entropyParameters();

/// The T with p percent of |x| <= T.
Result percentile(const Distribution&, const Parameters&);
std::span<const ParameterInfo> percentileParameters();

/// The T of least total mean squared error.
Result mse(const Distribution&, const Parameters&);
std::span<const ParameterInfo> mseParameters();

}  // namespace clipscope::threshold
