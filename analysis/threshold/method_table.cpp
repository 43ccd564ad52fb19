// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/threshold/methods.h"

namespace clipscope::threshold {

namespace {

constexpr std::string_view kEntropyCache = "EntropyCalibration2";
constexpr std::string_view kMinMaxCache = "MinMaxCalibration";

/// Named by the documentation, not yet in the table.
constexpr std::array<std::string_view, 3> kPlanned{"entropy-affine", "entropy-unsigned", "legacy"};

std::string knownIds() {
    std::string ids;
    for (const Method& method : methods())
        ids += (ids.empty() ? "" : ", ") + std::string(method.id);
    return ids;
}

}  // namespace

std::span<const Method> methods() {
    static const std::array kMethods{
        Method{"minmax", "T = amax; the range (min, max)", {}, minmax, kMinMaxCache},
        Method{"entropy", "least KL divergence, as NVIDIA's pytorch-quantization computes it",
               entropyParameters(), entropy, kEntropyCache},
        Method{"entropy-gtc",
               "least KL divergence by NVIDIA's published pseudocode (GTC 2017): bins as "
               "collected, first minimum, T at a bin's centre",
               entropyParameters(), entropyGtc, kEntropyCache},
        Method{"entropy-trt",
               "least KL divergence as public TensorRT caches suggest; NVIDIA's code is closed, "
               "this is inferred",
               entropyParameters(), entropyTrt, kEntropyCache},
        Method{"percentile", "the T that p percent of |x| do not exceed", percentileParameters(),
               percentile, kEntropyCache},
        Method{"mse", "least mean squared error of clipping and rounding together", mseParameters(),
               mse, kEntropyCache},
    };
    return kMethods;
}

const Method& findMethod(std::string_view id) {
    for (const Method& method : methods())
        if (method.id == id)
            return method;
    for (const std::string_view planned : kPlanned)
        if (planned == id)
            throw Error(ErrorCode::Usage,
                        fmt::format("the method {} is not available yet; available are {}", id,
                                    knownIds()));
    throw Error(ErrorCode::Usage, fmt::format("unknown method '{}'; known are {}", id, knownIds()));
}

}  // namespace clipscope::threshold
