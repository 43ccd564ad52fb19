// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <optional>

namespace clipscope::widgets {

/// Numbers as the window shows them: '.' as decimal point, a true minus sign, "–" for NaN, "∞".
/// Units are not part of them.

QString withMinus(const QString& text);  ///< hyphens become minus signs

/// T, scale, amax: that many significant digits, trailing zeros kept ("1.0000" is shown "1.000");
/// scientific outside 1e-4..1e7.
QString significantText(double value, int digits = 4);
/// For fields that are edited: the fewest digits that give the same float32 again.
QString exactText(float value);
QString decibelText(double value, int decimals = 1);
QString divergenceText(double nats);  ///< four decimals, or two significant digits below 0.001
/// Clip %: 3 decimals below 0.1, 2 below 10, else 1; "<0.001"; "0" only for none.
QString clipPercentText(double percent);
/// Cumulative %: enough decimals that what remains above is seen.
QString cumulativePercentText(double percent);
QString bitsLostText(double bits);  ///< 1 decimal, "·" for none
QString countText(uint64_t count);  ///< thousands separators
QString pluralText(uint64_t count, const QString& one, const QString& many);  ///< "1 tensor"
QString powerOfTenText(int exponent);                                         ///< "1", "10", "10³"
QString rangeText(double lo, double hi, int digits = 3);  ///< "−1.14 … 13.6"
QString memoryText(uint64_t bytes);                       ///< "412 MiB": with its unit
QString durationText(double seconds);                     ///< "0:05", "1:02:03"

/// Reads a number as the C locale, the user's locale or this window writes it; nothing otherwise.
std::optional<double> readNumber(const QString& text);

}  // namespace clipscope::widgets
