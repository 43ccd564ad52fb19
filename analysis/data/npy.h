// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "analysis/tensor/tensor.h"

namespace clipscope::data {

/// The .npy format of numpy (NEP 1), versions 1 to 3: little and big endian, C and Fortran order,
/// dtypes bool, i1 to i8, u1 to u8, f2, f4, f8. Results are always native and in C order; bytes
/// after the array are ignored, as numpy does. Errors are BadInput (truncated, malformed, an object
/// array: pickles are never loaded) or Unsupported (a dtype that Tensor does not hold) and name the
/// file, Error(Io) when it cannot be opened.
Tensor readNpy(const std::filesystem::path& path);

/// The same from memory; the elements are copied. `what` names the array in errors.
Tensor parseNpy(std::span<const std::byte> bytes, const std::string& what);

/// What the header of a file says, without its elements; truncation is noticed all the same.
struct NpyInfo {
    DType type = DType::Undefined;
    Shape shape;
};
NpyInfo readNpyInfo(const std::filesystem::path& path);

/// Version 1 (2 where the header needs it), little endian, C order, data aligned to 64 bytes.
/// numpy knows no bfloat16: such tensors are widened to float32. Host tensors only.
std::string npyBytes(const Tensor& tensor);

/// Writes npyBytes to `path`, all or nothing. Throws Error(Io).
void writeNpy(const std::filesystem::path& path, const Tensor& tensor);

}  // namespace clipscope::data
