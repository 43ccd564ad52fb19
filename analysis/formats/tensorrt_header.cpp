// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/tensorrt_header.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {

std::span<const std::string> tensorRtAlgorithms() {
    static const std::array<std::string, 4> kAlgorithms = {
        "EntropyCalibration2", "EntropyCalibration", "MinMaxCalibration", "LegacyCalibration"};
    return kAlgorithms;
}

std::string defaultHeader(std::string_view algorithm) {
    return fmt::format("TRT-8601-{}", algorithm.empty() ? "EntropyCalibration2" : algorithm);
}

std::optional<TensorRtHeader> parseHeader(std::string_view header) {
    constexpr std::string_view kPrefix = "TRT-";
    header = trimmed(header);
    if (!header.starts_with(kPrefix))
        return std::nullopt;
    header.remove_prefix(kPrefix.size());
    const size_t dash = header.find('-');
    if (dash == 0 || dash == std::string_view::npos || dash + 1 == header.size())
        return std::nullopt;
    return TensorRtHeader{std::string(header.substr(0, dash)),
                          std::string(header.substr(dash + 1))};
}

void checkHeader(std::string_view header) {
    const bool control = std::any_of(header.begin(), header.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (header.empty() || control || trimmed(header) != header)
        throw Error(ErrorCode::BadInput,
                    fmt::format("\"{}\" cannot be the first line of a TensorRT cache: give one "
                                "like {}",
                                shown(header), defaultHeader()));
}

}  // namespace clipscope::formats
