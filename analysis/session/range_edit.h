// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/quantization/density.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// The ends of a range that a user takes hold of. A symmetric range has one T: its high end stands
/// at T, its low end at -T * 128 / 127, where the code -128 lies.
enum class RangeEnd { Low, High };

/// Where the end of a setting stands.
double rangeEnd(const Setting& setting, RangeEnd end);

/// The setting with one end brought to x, the other end of an affine range staying. Always valid:
/// T stays above 0, lo <= 0 <= hi and lo < hi by at least `least` (a bin, amax / 2048).
Setting movedTo(const Setting& setting, RangeEnd end, double x, double least,
                std::string method = "manual");

/// One end moved by `bins` bins of `width`; positive is to the right.
Setting nudged(const Setting& setting, RangeEnd end, int bins, double width);

/// The affine setting nearest to a symmetric one: its range as far as there are values.
Setting asAffine(const Setting& setting, const quantization::Density& density);

/// The least symmetric setting that clips nothing that this one does not; itself when symmetric.
Setting asSymmetric(const Setting& setting);

}  // namespace clipscope::session
