// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/session.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/formats/nearest_names.h"

namespace clipscope::session {

float Setting::threshold() const {
    return 127.0f * scale;
}

quantization::Quantizer Setting::quantizer() const {
    return {.scale = scale, .zeroPoint = zeroPoint};
}

Setting symmetricSetting(double threshold, std::string method) {
    if (!(threshold > 0) || !std::isfinite(threshold))
        throw Error(ErrorCode::Usage,
                    fmt::format("a threshold must be positive and finite, not {}", threshold));
    Setting setting =
        scaleSetting(quantization::symmetricQuantizer(threshold).scale, std::move(method));
    setting.lo = -threshold;
    setting.hi = threshold;
    return setting;
}

Setting affineSetting(double lo, double hi, std::string method) {
    if (!std::isfinite(lo) || !std::isfinite(hi) || !(lo < hi))
        throw Error(ErrorCode::Usage,
                    fmt::format("a range needs finite LO < HI, not {},{}", lo, hi));
    const quantization::Quantizer quantizer = quantization::affineQuantizer(lo, hi);
    if (!std::isnormal(quantizer.scale))
        throw Error(ErrorCode::Usage, fmt::format("the range {},{} has no float32 scale", lo, hi));
    Setting setting;
    setting.method = std::move(method);
    setting.isAffine = true;
    setting.scale = quantizer.scale;
    setting.zeroPoint = quantizer.zeroPoint;
    setting.lo = std::min(lo, 0.0);
    setting.hi = std::max(hi, 0.0);
    return setting;
}

Setting scaleSetting(float scale, std::string method) {
    if (!(scale > 0) || !std::isnormal(scale) || !std::isfinite(127.0f * scale))
        throw Error(ErrorCode::Usage,
                    fmt::format("a scale must be a positive normal float32 with 127 scale finite, "
                                "not {}",
                                scale));
    Setting setting;
    setting.method = std::move(method);
    setting.scale = scale;
    setting.lo = -127.0 * static_cast<double>(scale);
    setting.hi = 127.0 * static_cast<double>(scale);
    return setting;
}

size_t Session::indexOf(std::string_view name) const {
    std::vector<std::string> names;
    for (size_t i = 0; i < tensors.size(); ++i) {
        if (tensors[i].name == name && tensors[i].isActivation())
            return i;
        if (tensors[i].name == name)
            throw Error(ErrorCode::Usage, fmt::format("tensor '{}' gets no scale: {}", name,
                                                      tensors[i].coverageReason));
        if (tensors[i].isActivation())
            names.push_back(tensors[i].name);
    }
    const std::vector<std::string> near = formats::nearestNames(name, names);
    throw Error(ErrorCode::Usage,
                fmt::format("there is no tensor '{}'; {}", name,
                            near.empty() ? "'clipscope inspect' lists them"
                                         : fmt::format("did you mean {}?", fmt::join(near, ", "))));
}

}  // namespace clipscope::session
