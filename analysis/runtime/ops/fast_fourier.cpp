// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/fast_fourier.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace clipscope::runtime {
namespace {

using Complex = std::complex<double>;

/// In place, for lengths that are powers of two; sign -1 forward, 1 back, without the division.
void powerOfTwo(std::vector<Complex>& x, double sign) {
    const size_t n = x.size();
    for (size_t i = 1, j = 0; i < n; ++i) {  // order by reversed bits
        size_t bit = n >> 1;
        for (; (j & bit) != 0; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j)
            std::swap(x[i], x[j]);
    }
    for (size_t length = 2; length <= n; length *= 2) {
        const double angle = sign * 2 * std::numbers::pi / static_cast<double>(length);
        for (size_t k = 0; k < length / 2; ++k) {
            const Complex turn = std::polar(1.0, angle * static_cast<double>(k));
            for (size_t start = 0; start < n; start += length) {
                const Complex even = x[start + k];
                const Complex odd = x[start + k + length / 2] * turn;
                x[start + k] = even + odd;
                x[start + k + length / 2] = even - odd;
            }
        }
    }
}

/// Bluestein: a transform of any length as a convolution of a length that is a power of two.
std::vector<Complex> anyLength(const std::vector<Complex>& x, double sign) {
    const size_t n = x.size();
    const size_t padded = std::bit_ceil(2 * n);
    const auto chirp = [&](size_t k) {
        const auto square = static_cast<double>((k * k) % (2 * n));
        return std::polar(1.0, sign * std::numbers::pi * square / static_cast<double>(n));
    };
    std::vector<Complex> a(padded), b(padded);
    for (size_t k = 0; k < n; ++k) {
        a[k] = x[k] * chirp(k);
        b[k] = std::conj(chirp(k));
        if (k > 0)
            b[padded - k] = b[k];
    }
    powerOfTwo(a, -1);
    powerOfTwo(b, -1);
    for (size_t k = 0; k < padded; ++k)
        a[k] *= b[k];
    powerOfTwo(a, 1);
    std::vector<Complex> y(n);
    for (size_t k = 0; k < n; ++k)
        y[k] = a[k] / static_cast<double>(padded) * chirp(k);
    return y;
}

}  // namespace

std::vector<Complex> fourier(std::vector<Complex> x, bool inverse) {
    const double sign = inverse ? 1 : -1;
    if (std::has_single_bit(x.size()))
        powerOfTwo(x, sign);
    else if (!x.empty())
        x = anyLength(x, sign);
    if (inverse)
        for (Complex& value : x)
            value /= static_cast<double>(x.size());
    return x;
}

}  // namespace clipscope::runtime
