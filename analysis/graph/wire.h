// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace clipscope::graph {

/// The bytes of an ONNX model without the raw data of its initializers, which stay where they are:
/// protobuf would copy them. Source: the protobuf encoding and the ONNX IR field numbers.
struct StrippedModel {
    std::string skeleton;  ///< a valid ModelProto
    /// The raw data taken out, by initializer in order; absent where it was left in.
    std::vector<std::optional<std::span<const std::byte>>> rawData;
};

/// Throws Error(BadInput) that says at which byte the file stops making sense.
StrippedModel stripRawData(std::span<const std::byte> model);

}  // namespace clipscope::graph
