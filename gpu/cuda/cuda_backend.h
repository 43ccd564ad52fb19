// SPDX-License-Identifier: Apache-2.0
#pragma once

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
    void toHost(std::byte* to, const std::byte* from, size_t size) override;
    void clear(std::byte* block, size_t size) override;
    void synchronize() override;
    void copy(std::byte* to, const std::byte* from, size_t size) override;
    double seconds(const std::function<void()>& work) override;
    bool isAlive() const override;
    std::byte* allocatePinned(size_t size) override;
    void releasePinned(std::byte* block) noexcept override;
    void copyIn(std::byte* to, const std::byte* pinned, size_t size, Lane lane) override;
    std::unique_ptr<Mark> makeMark() override;
    void record(Mark& mark, Lane lane) override;
    void wait(const Mark& mark, Lane lane) override;
    void await(const Mark& mark) override;
    void multiply(const Gemm& gemm) override;
    bool convolve(const Convolution& convolution, const float* source, const float* weights,
                  float* destination, const WorkMemory& memory, runtime::NodeState& state) override;

private:
    /// CUDA calls of this thread go to this device from now on.
    void use() const;
    cudaStream_t streamOf(Lane lane) const;

    int m_index;
    bool m_tf32;
    std::string m_name;
    Queue m_queue;
    Stream m_stream;
    Stream m_ahead;
    CublasHandle m_cublas;
    CudnnHandle m_cudnn;
};

}  // namespace clipscope::gpu
