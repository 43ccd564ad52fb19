// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/data/image.h"
#include "analysis/session/sample_run.h"

namespace clipscope::session {

/// The first samples as the model gets them, to be looked at before a calibration.
struct SamplePreview {
    struct Item {
        std::string id;
        std::string problem;  ///< why it cannot be read; then there is nothing else
        std::string shape;    ///< of the input, "1x28x28"
        double min = 0;       ///< of the input, after the recipe
        double max = 0;
        double mean = 0;
        data::Image picture;  ///< min black, max white; empty where the input is no image
    };
    int64_t samples = 0;  ///< in all
    std::string recipe;   ///< JSON; "" where the samples are arrays
    std::vector<std::string> notes;
    std::vector<Item> items;
};

/// Opens the samples and prepares the first `most`, with the first of the model's inputs. Throws
/// Error as calibrate() does for a model or samples that do not fit, and Cancelled.
SamplePreview previewSamples(const std::filesystem::path& model, const SampleRequest& request,
                             int64_t most, const CancellationToken& cancel = {});

}  // namespace clipscope::session
