// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/runtime/device.h"
#include "analysis/tensor/tensor.h"

namespace clipscope {

/// A model of one operator with inputs and the outputs that a peer computed for them
/// (tests/data/operators/README.md).
struct OperatorCase {
    std::string name;
    std::string model;  ///< the bytes of the ONNX file
    std::vector<Tensor> inputs;
    std::vector<Tensor> outputs;
};

/// How far an operator's outputs may be from the peer's: max|a-b| / max|b| over finite elements.
/// Elements that are not finite, and those of integer types, must be equal.
struct OperatorTolerance {
    std::string_view type;  ///< "" holds for all operators that are not named
    double relative = 0;
};

/// All cases of a family, "convolution" being tests/data/operators/convolution.zip.
std::vector<OperatorCase> readOperatorCases(std::string_view family);

/// Runs the case on `device` and compares every output; a failure prints the case whole.
testing::AssertionResult matches(const OperatorCase& operatorCase, runtime::Device& device,
                                 std::span<const OperatorTolerance> tolerances);

/// Expects every case of the family to match, and the family not to be empty.
void expectFamilyMatches(std::string_view family, runtime::Device& device,
                         std::span<const OperatorTolerance> tolerances);

}  // namespace clipscope
