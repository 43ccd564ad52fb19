// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "analysis/runtime/device_comparison.h"
#include "analysis/session/calibration_comparison.h"
#include "gpu/bandwidth.h"

namespace clipscope::cli {

/// What selftest found, as text while it goes on or as JSON at the end.
class SelftestReport {
public:
    explicit SelftestReport(bool isJson);

    /// Nothing could be tested.
    void skip(const std::string& reason);
    /// What follows is about this device.
    void device(const std::string& name);
    void checks(std::span<const runtime::DeviceCheck> checks);
    void bandwidth(std::span<const gpu::BandwidthFigure> figures);
    /// A part that was left out.
    void leftOut(const std::string& part, const std::string& reason);
    /// A calibration of `samples` samples of a model on the device and on the CPU.
    void calibration(const std::string& model, size_t samples,
                     std::span<const session::TensorComparison> rows);
    /// The verdict. True where nothing differs.
    bool finish();

private:
    nlohmann::ordered_json& deviceJson() { return m_json["devices"].back(); }

    bool m_isJson;
    nlohmann::ordered_json m_json;
    int m_passed = 0;
    int m_differ = 0;
    int m_skipped = 0;
    int m_low = 0;
};

}  // namespace clipscope::cli
