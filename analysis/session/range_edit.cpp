// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/range_edit.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace clipscope::session {
namespace {

constexpr double kLowPerT = 128.0 / 127.0;

/// Ranges narrower than this have no normal float32 scale.
constexpr double kNarrowest = 256.0 * std::numeric_limits<float>::min();
constexpr double kWidest = std::numeric_limits<float>::max() / 256.0;

}  // namespace

double rangeEnd(const Setting& setting, RangeEnd end) {
    if (setting.isAffine)
        return end == RangeEnd::Low ? setting.lo : setting.hi;
    return end == RangeEnd::Low ? -setting.hi * kLowPerT : setting.hi;
}

Setting movedTo(const Setting& setting, RangeEnd end, double x, double least, std::string method) {
    least = std::max(least, kNarrowest);
    if (!setting.isAffine) {
        const double threshold = end == RangeEnd::High ? x : -x / kLowPerT;
        return symmetricSetting(std::clamp(threshold, least, std::max(least, kWidest)),
                                std::move(method));
    }
    const double lo = std::min(setting.lo, 0.0);
    const double hi = std::max(setting.hi, 0.0);
    // Where the other end is at 0 this one keeps the range from closing.
    if (end == RangeEnd::Low)
        return affineSetting(std::clamp(x, -kWidest, std::min(0.0, hi - least)), hi,
                             std::move(method));
    return affineSetting(lo, std::clamp(x, std::max(0.0, lo + least), kWidest), std::move(method));
}

Setting nudged(const Setting& setting, RangeEnd end, int bins, double width) {
    return movedTo(setting, end, rangeEnd(setting, end) + bins * width, width);
}

Setting asAffine(const Setting& setting, const quantization::Density& density) {
    if (setting.isAffine)
        return setting;
    const double lo = std::clamp(density.min(), rangeEnd(setting, RangeEnd::Low), 0.0);
    const double hi = std::clamp(density.max(), 0.0, setting.hi);
    return lo < hi ? affineSetting(lo, hi, "manual") : affineSetting(0, setting.hi, "manual");
}

Setting asSymmetric(const Setting& setting) {
    if (!setting.isAffine)
        return setting;
    return symmetricSetting(std::max(-setting.lo / kLowPerT, setting.hi), "manual");
}

}  // namespace clipscope::session
