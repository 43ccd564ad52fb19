// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "gpu/gpu_device.h"

namespace clipscope::gpu {

/// A processor that steps kernels on the CPU. Its memory is poisoned when allocated, and counted.
class SteppedBackend : public Backend {
public:
    /// Allocations beyond `mostBytes` in all throw Error(OutOfMemory).
    explicit SteppedBackend(size_t mostBytes = size_t{1} << 40) : m_mostBytes(mostBytes) {}

    std::string name() const override { return "stepped"; }
    const Queue& queue() const override { return m_queue; }
    std::byte* allocate(size_t size) override;
    void release(std::byte* block) noexcept override;
    void toHost(std::byte* to, const std::byte* from, size_t size) override;
    void clear(std::byte* block, size_t size) override;
    void synchronize() override {}
    void copy(std::byte* to, const std::byte* from, size_t size) override;
    double seconds(const std::function<void()>& work) override;
    /// Each lane is done as soon as it is queued; delayed_backend.h is not as kind.
    std::byte* allocatePinned(size_t size) override;
    void releasePinned(std::byte* block) noexcept override;
    void copyIn(std::byte* to, const std::byte* pinned, size_t size, Lane lane) override;
    std::unique_ptr<Mark> makeMark() override { return std::make_unique<Mark>(); }
    void record(Mark&, Lane) override {}
    void wait(const Mark&, Lane) override {}
    void await(const Mark&) override {}
    /// By the definition, in float64.
    void multiply(const Gemm& gemm) override;
    bool convolve(const Convolution& convolution, const float* source, const float* weights,
                  float* destination, const WorkMemory& memory, runtime::NodeState& state) override;

    int64_t mostConvolved() const override { return m_mostConvolved; }
    void setMostConvolved(int64_t elements) { m_mostConvolved = elements; }
    int64_t convolutions() const { return m_convolutions; }  ///< calls of convolve()

    size_t liveBytes() const { return m_liveBytes; }
    /// What seconds() says from now on; 0: as long as it takes.
    void setSeconds(double seconds) { m_seconds = seconds; }
    /// Matrix products come out this much too large: a device that is not right.
    void setError(float relative) { m_error = relative; }
    size_t mostBytes() const { return m_peak; }  ///< that were live at a time
    size_t pinnedBytes() const { return m_pinnedBytes; }

private:
    Queue m_queue{nullptr, 3, 99u << 10};
    size_t m_mostBytes;
    double m_seconds = 0;
    float m_error = 0;
    int64_t m_mostConvolved = int64_t{1} << 31;
    int64_t m_convolutions = 0;
    std::atomic<size_t> m_liveBytes = 0;
    std::atomic<size_t> m_peak = 0;
    std::atomic<size_t> m_pinnedBytes = 0;
};

/// With the CPU device beside it.
std::unique_ptr<GpuDevice> makeSteppedDevice(
    std::shared_ptr<SteppedBackend> backend = std::make_shared<SteppedBackend>());

}  // namespace clipscope::gpu
