// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/data/npy_header.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::data {

/// Turns the bytes of whole elements, read into `elements` as they stand in a .npy, into native
/// ones in C order: the array itself, or rows of one in C order. Reorders in place or into a new
/// tensor. Internal to this folder.
Tensor nativeElements(const NpyHeader& header, Tensor elements);

/// Whether the elements of a row, an item along the first axis, lie together.
bool rowsLieTogether(const NpyHeader& header);

}  // namespace clipscope::data
