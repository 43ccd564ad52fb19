// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/histogram/statistics.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// What a typed value stands for.
enum class RangeField { Threshold, Low, High, Scale, Hex };

/// Reads a plain number; lets a window add the user's locale. Nothing for what is none.
using NumberReader = std::function<std::optional<double>(std::string_view)>;

/// A number as the C locale writes it.
std::optional<double> readPlainNumber(std::string_view text);

/// What a field takes, in one sentence that ends a message or stands in a tooltip.
std::string expectedText(RangeField field);

/// The setting that results where a user types `text` into a field, method "manual":
///   3.5                 a number
///   p99.9               the percentile of |x| as the method computes it (Low, High: its range)
///   amax, 0.8*amax, amax/2, min, max
///   3d418306            eight hexadecimal digits are the scale itself, big-endian float32; with 0x
///                       too. In Hex nothing else is taken.
/// Threshold makes the setting symmetric, Low and High affine with the other end as it is, Scale
/// and Hex keep the kind, and an affine one's zero point. Throws Error(Usage) that says what is
/// possible: not understood, not above 0, no normal float32 scale, lo > 0, hi < 0, lo = hi.
Setting settingFromText(RangeField field, std::string_view text, const Setting& current,
                        const histogram::TensorStatistics& statistics,
                        const NumberReader& number = readPlainNumber);

/// The digits of `hex` with their bytes the other way round, where those give a T near amax and the
/// ones given do not: a little-endian value. Nothing otherwise.
std::optional<std::string> swappedHex(std::string_view hex, float amax);

}  // namespace clipscope::session
