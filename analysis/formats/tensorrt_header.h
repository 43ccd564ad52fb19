// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace clipscope::formats {

/// The first line of a cache, "TRT-<version>-<algorithm>". TensorRT recalibrates silently where the
/// version is not its own, and stops where the algorithm is not its calibrator's.
struct TensorRtHeader {
    std::string version;    ///< "8601", "100300": digits, though public files hold "8XXX" too
    std::string algorithm;  ///< "EntropyCalibration2"
};

/// The algorithms that TensorRT's calibrators write.
std::span<const std::string> tensorRtAlgorithms();

/// "TRT-8601-" and the algorithm; EntropyCalibration2 for an empty one.
std::string defaultHeader(std::string_view algorithm = {});

/// Nothing where it is not of that form, as the bare "1" of old DeepStream.
std::optional<TensorRtHeader> parseHeader(std::string_view header);

/// Throws Error(BadInput) where a first line cannot hold it: empty, blanks around it, a control
/// character. An unknown version or algorithm is allowed.
void checkHeader(std::string_view header);

}  // namespace clipscope::formats
