// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "analysis/graph/graph.h"

namespace clipscope::graph {

/// Reads an ONNX file (IR versions 3 to 12). Weights are not copied: initializers of raw data share
/// the mapped file (but see Weight), external data maps the files beside it, which must lie inside
/// the model's folder. Types of node outputs are inferred where the file does not declare them.
/// Throws Error naming the file and what is wrong: not ONNX, truncated, a cycle, a missing value,
/// unknown element types.
Graph readOnnx(const std::filesystem::path& path);

}  // namespace clipscope::graph
