// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <complex>
#include <vector>

namespace clipscope::runtime {

/// The discrete Fourier transform of any length, in O(n log n): X[k] = sum x[j] e^(-2 pi i jk / n);
/// the inverse has the other sign and divides by n.
std::vector<std::complex<double>> fourier(std::vector<std::complex<double>> x, bool inverse);

}  // namespace clipscope::runtime
