// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "analysis/runtime/device.h"
#include "analysis/session/sample_run.h"

namespace clipscope::session {

struct InferenceReport {
    size_t samples = 0;
    std::vector<std::pair<std::string, Shape>> outputs;  ///< arrays written
    std::vector<SkippedSample> skipped;
    std::vector<std::string> notes;
};

/// Runs a model on samples and writes an .npz with each output under its name: joined along the
/// first axis where samples are slices of arrays or images, stacked on a new first axis where they
/// were given whole, and as NAME/0, NAME/1... where their shapes differ. Nothing is written when it
/// is cancelled (throws Cancelled). `device`: where it runs; null: the CPU.
InferenceReport runModel(const std::filesystem::path& model, const SampleRequest& samples,
                         const std::filesystem::path& output, const ProgressSink& progress = {},
                         const CancellationToken& cancel = {}, runtime::Device* device = nullptr);

}  // namespace clipscope::session
