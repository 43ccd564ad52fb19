// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <array>
#include <cmath>

namespace clipscope {

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

inline Triple operator*(const Matrix& matrix, const Triple& vector) {
    Triple result{};
    for (size_t row = 0; row < 3; ++row)
        for (size_t column = 0; column < 3; ++column)
            result[row] += matrix[row][column] * vector[column];
    return result;
}

/// sRGB (IEC 61966-2-1) to linear light, 0..1.
inline Triple linearLight(const QColor& color) {
    const auto linear = [](int code) {
        const double value = code / 255.0;
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return {linear(color.red()), linear(color.green()), linear(color.blue())};
}

/// WCAG 2.1, 1:1 to 21:1.
inline double contrast(const QColor& a, const QColor& b) {
    const auto luminance = [](const QColor& color) {
        const Triple light = linearLight(color);
        return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
    };
    const double high = std::max(luminance(a), luminance(b));
    const double low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

/// Dichromats' view of linear light: Machado, Oliveira and Fernandes, "A Physiologically-based
/// Model for Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), severity 1.
inline constexpr Matrix kProtan{{{0.152286, 1.052583, -0.204868},
                                 {0.114503, 0.786281, 0.099216},
                                 {-0.003882, -0.048116, 1.051998}}};
inline constexpr Matrix kDeutan{{{0.367322, 0.860646, -0.227968},
                                 {0.280085, 0.672501, 0.047413},
                                 {-0.011820, 0.042940, 0.968881}}};
inline constexpr Matrix kTritan{{{1.255528, -0.076749, -0.178779},
                                 {-0.078411, 0.930809, 0.147602},
                                 {0.004733, 0.691367, 0.303900}}};
inline constexpr Matrix kNormal{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

/// CIE L*a*b* (D65) of a colour as seen through `vision`.
inline Triple labOf(const QColor& color, const Matrix& vision = kNormal) {
    constexpr Matrix kToXyz{{{0.4124564, 0.3575761, 0.1804375},
                             {0.2126729, 0.7151522, 0.0721750},
                             {0.0193339, 0.1191920, 0.9503041}}};
    Triple light = vision * linearLight(color);
    for (double& value : light)
        value = std::clamp(value, 0.0, 1.0);
    Triple xyz = kToXyz * light;
    constexpr Triple kWhite{0.95047, 1.0, 1.08883};
    const auto f = [](double t) {
        return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    };
    for (size_t k = 0; k < 3; ++k)
        xyz[k] = f(xyz[k] / kWhite[k]);
    return {116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])};
}

/// CIE76: the Euclidean distance in L*a*b*.
inline double distance(const Triple& a, const Triple& b) {
    return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

}  // namespace clipscope
