// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/threshold/method.h"
#include "analysis/threshold/parameters.h"

namespace clipscope::threshold {

namespace {

Result unitRange(const char* reason) {
    Result result;
    result.threshold = 1;
    result.lo = -1;
    result.hi = 1;
    result.reason = reason;
    return result;
}

Result constantRange(double value) {
    Result result;
    result.threshold = std::abs(value);
    result.lo = std::min(value, 0.0);
    result.hi = std::max(value, 0.0);
    return result;
}

Result answer(const Method& method, const Distribution& distribution,
              const Parameters& parameters) {
    if (distribution.finiteCount() == 0)
        return unitRange("no-data");
    if (distribution.amax() == 0)
        return unitRange("all-zero");
    if (distribution.min() == distribution.max())
        return constantRange(distribution.max());
    return method.compute(distribution, parameters);
}

/// float32(T / 127) is what exports keep: it must be normal, and float32(127 s) finite. Only amax
/// below 1.5e-36 or next to FLT_MAX come to this.
void keepScaleNormal(Result& result) {
    using Float = std::numeric_limits<float>;
    const auto scaleOf = [](double threshold) { return static_cast<float>(threshold / 127); };
    if (scaleOf(result.threshold) < Float::min()) {
        result.threshold = 127.0 * Float::min();
        result.reason = "scale-underflow";
    }
    float scale = scaleOf(result.threshold);
    if (std::isinf(127.0f * scale)) {
        while (std::isinf(127.0f * scale))
            scale = std::nextafter(scale, 0.0f);
        result.threshold = 127.0 * scale;
    }
    result.lo = std::max<double>(result.lo, Float::lowest());
    result.hi = std::min<double>(result.hi, Float::max());
}

}  // namespace

Result compute(const Method& method, const Distribution& distribution,
               const Parameters& parameters) {
    checkParameters(method, parameters);
    Result result = answer(method, distribution, parameters);
    keepScaleNormal(result);
    return result;
}

}  // namespace clipscope::threshold
