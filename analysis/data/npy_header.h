// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "analysis/tensor/dtype.h"
#include "analysis/tensor/shape.h"

namespace clipscope::data {

/// The header of a .npy array; internal to this folder.
struct NpyHeader {
    DType type = DType::Undefined;
    bool swapped = false;  ///< elements are big endian
    bool fortranOrder = false;
    Shape shape;
    size_t dataOffset = 0;  ///< bytes
    size_t dataSize = 0;    ///< bytes
};

/// Parses and checks the header, and that all elements follow it. `bytes` is the whole array.
/// Throws Error(BadInput) or Error(Unsupported), naming `what`.
NpyHeader parseNpyHeader(std::span<const std::byte> bytes, const std::string& what);

/// The same of an array of `size` bytes that has not been read yet: `read` fills what it gets with
/// the bytes that come next.
NpyHeader readNpyHeader(uint64_t size, const std::function<void(std::span<std::byte>)>& read,
                        const std::string& what);

}  // namespace clipscope::data
