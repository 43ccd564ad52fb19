// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/device_catalog.h"

namespace clipscope::widgets {

/// The CPU under the name of a GPU; every softmax counts as left to the CPU.
class FakeGpu final : public runtime::CpuDevice {
public:
    explicit FakeGpu(std::string name) : m_name(std::move(name)) {}
    std::string name() const override { return m_name; }
    bool takesSeveralRuns() const override { return false; }
    runtime::HostWork hostWork() const override { return m_left; }
    void softmax(const Tensor& x, size_t axis, bool log, Tensor& y) override {
        CpuDevice::softmax(x, axis, log, y);
        ++m_left.calls;
        m_left.seconds += 1e6;  // far more than it takes: all of the time
    }

private:
    std::string m_name;
    runtime::HostWork m_left;
};

/// Devices that a test makes up. `open` fails where `refusal` says why.
class FakeDevices : public runtime::DeviceCatalog {
public:
    std::vector<runtime::DeviceInfo> gpus;
    std::string problem;  ///< thrown by list() where it is not empty
    std::string refusal;
    std::shared_future<void> answer;  ///< list() waits for it where it is valid

    std::vector<runtime::DeviceInfo> list() const override {
        if (answer.valid())
            answer.wait();
        if (!problem.empty())
            throw Error(ErrorCode::Unsupported, problem);
        return gpus;
    }
    std::unique_ptr<runtime::Device> open(const std::string& id) const override {
        if (!refusal.empty())
            throw Error(ErrorCode::Unsupported, refusal);
        return std::make_unique<FakeGpu>(id + " Fake GPU");
    }
};

inline std::vector<runtime::DeviceInfo> twoGpus() {
    return {{"cuda:0", "NVIDIA H200", size_t{141} << 30, size_t{130} << 30},
            {"cuda:1", "NVIDIA T4", size_t{16} << 30, 0}};
}

}  // namespace clipscope::widgets
