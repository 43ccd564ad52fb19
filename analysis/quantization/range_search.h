// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

namespace clipscope::quantization {

struct Minimum {
    double at = 0;
    double value = 0;
};

/// The least value of `cost` that golden-section search meets in [a, b]: the minimum where cost
/// has one valley, a good point of it where it has several.
Minimum goldenSection(const std::function<double(double)>& cost, double a, double b);

struct Range {
    double lo = 0;
    double hi = 0;
};
using Ranges = std::vector<Range>;

/// The range of least cost: a grid of ranges that shrink from `widest` towards `anchor` (within
/// it) at either end, geometrically, so that long tails are cut as well as short ones; then, from
/// its best valleys and from `starts`, a pattern search whose steps shrink to nothing.
Range searchRange(const std::function<double(Range)>& cost, Range widest, double anchor,
                  const Ranges& starts);

}  // namespace clipscope::quantization
