// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace clipscope::conformance {

/// A model with recorded inputs and outputs, as ONNX keeps them to test backends: a folder with
/// model.onnx and test_data_set_*/{input,output}_*.pb. The set `real` names its models in a
/// data.json, and has outputs beside them only.
struct Case {
    std::string name;  ///< "node/test_abs": the set and the case
    std::filesystem::path folder;
};

/// The cases of all sets under `data` (node, simple, pytorch-converted, pytorch-operator, real),
/// by name.
std::vector<Case> findCases(const std::filesystem::path& data);

/// Runs a case on the CPU and compares every output as ONNX's own runner does: equal shapes and
/// types, |a - b| <= 1e-5 + 1e-3 |b|, NaN equal to NaN. Empty when it passes, else why it does not.
std::string failureOf(const Case& conformanceCase);

}  // namespace clipscope::conformance
