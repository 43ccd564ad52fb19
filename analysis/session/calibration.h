// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/base/progress.h"
#include "analysis/runtime/device.h"
#include "analysis/session/live.h"
#include "analysis/session/sample_run.h"
#include "analysis/session/session.h"

namespace clipscope::session {

struct CalibrationRequest {
    std::filesystem::path model;
    SampleRequest samples;
    std::string method = "entropy";
    threshold::Parameters parameters;
    bool useGroups = true;
    bool twoPass = false;
    size_t exactBins = 2048;  ///< of the second pass
    /// Where the model runs, whole batches in turn; none: the CPU. They must outlive the call.
    std::vector<runtime::Device*> devices;
    /// Between the checkpoints of what GPUs count, which is what is left of one that is lost; 0:
    /// one after every batch.
    std::chrono::milliseconds checkpoints{2000};
};

/// Where a batch does not fit the memory of a GPU it is halved, which a note says.
///
/// Runs the model on the samples, keeps the statistics of every activation and computes thresholds.
/// Cancelling keeps what was collected, and so does a GPU that stops answering, but for its last
/// seconds, which a note says: the session is then marked partial. Throws Error: a bad
/// model, an operator that is missing, no samples, a sample of the wrong shape. `live` gets to see
/// the histograms as they grow.
Session calibrate(const CalibrationRequest& request, const ProgressSink& progress = {},
                  const CancellationToken& cancel = {}, const LiveSink& live = {});

}  // namespace clipscope::session
