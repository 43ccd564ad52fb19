// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <cublas_v2.h>
#include <cudnn.h>

#include "gpu/backend.h"
#include "gpu/cuda/handles.h"

namespace clipscope::gpu {

/// A CUDA device with a stream for each lane.
class CudaBackend final : public Backend {
public:
    CudaBackend(int index, bool tf32);
    ~CudaBackend() override;

    std::string name() const override { return m_name; }
    const Queue& queue() const override;
    std::byte* allocate(size_t size) override;
    void release(std::byte* block) noexcept override;
    void toDevice(std::byte* to, const std::byte* from, size_t size) override;
    void toHost(std::byte* to, const std::byte* from, size_t size) override;
    void clear(std::byte* block, size_t size) override;
    void synchronize() override;
    void copy(std::byte* to, const std::byte* from, size_t size) override;
    double seconds(const std::function<void()>& work) override;
    bool isAlive() const override;
    std::byte* allocatePinned(size_t size) override;
    void releasePinned(std::byte* block) noexcept override;
    void sendAhead(std::byte* to, const std::byte* pinned, size_t size) override;
    std::unique_ptr<Mark> makeMark() override;
    void record(Mark& mark, Lane lane) override;
    void wait(const Mark& mark, Lane lane) override;
    void await(const Mark& mark) override;
    void multiply(const Gemm& gemm) override;
    bool convolve(const Convolution& convolution, const float* source, const float* weights,
                  float* destination, runtime::NodeState& state) override;

private:
    /// Pinned memory through which copies to the device go, two pieces in turn: while one is on its
    /// way the CPU fills the other.
    struct Staging {
        std::byte* memory = nullptr;
        Event sent;
    };
    static constexpr size_t kStagingBytes = size_t{8} << 20;

    /// CUDA calls of this thread go to this device from now on.
    void use() const;
    cudaStream_t streamOf(Lane lane) const;
    std::byte* workspace(size_t size);

    int m_index;
    bool m_tf32;
    std::string m_name;
    Queue m_queue;
    Stream m_stream;
    Stream m_ahead;
    CublasHandle m_cublas;
    CudnnHandle m_cudnn;
    std::array<Staging, 2> m_staging;
    size_t m_nextStaging = 0;
    std::byte* m_workspace = nullptr;
    size_t m_workspaceSize = 0;
};

}  // namespace clipscope::gpu
