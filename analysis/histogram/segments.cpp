// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/segments.h"

#include <algorithm>

namespace clipscope::histogram {

std::vector<Segment> segmentsOf(const Histogram& histogram) {
    const std::vector<Bin> bins = histogram.bins();
    std::vector<Segment> result;
    result.reserve(bins.size() + 1);
    const auto firstPositive =
        std::find_if(bins.begin(), bins.end(), [](const Bin& bin) { return !bin.isNegative(); });
    for (auto bin = bins.begin(); bin != firstPositive; ++bin)
        result.push_back({-bin->upper(), -bin->lower(), bin->count});
    if (histogram.zeros() > 0)
        result.push_back({0, 0, histogram.zeros()});
    for (auto bin = firstPositive; bin != bins.end(); ++bin)
        result.push_back({bin->lower(), bin->upper(), bin->count});
    if (!result.empty()) {
        result.front().lo = static_cast<double>(histogram.min());
        result.back().hi = static_cast<double>(histogram.max());
    }
    return result;
}

}  // namespace clipscope::histogram
