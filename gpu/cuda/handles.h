// SPDX-License-Identifier: Apache-2.0
#pragma once

/// CUDA's, cuBLAS's and cuDNN's objects, destroyed where they go out of scope.

#include <utility>

#include <cublas_v2.h>
#include <cuda_runtime_api.h>
#include <cudnn.h>

#include "gpu/cuda/check.h"

namespace clipscope::gpu {

template <typename Handle, auto destroy>
class Owned {
public:
    Owned() = default;
    explicit Owned(Handle handle) : m_handle(handle) {}
    Owned(Owned&& other) noexcept : m_handle(std::exchange(other.m_handle, Handle())) {}
    Owned& operator=(Owned&& other) noexcept {
        std::swap(m_handle, other.m_handle);
        return *this;
    }
    ~Owned() {
        if (m_handle)
            destroy(m_handle);
    }
    Handle get() const { return m_handle; }

private:
    Handle m_handle = Handle();
};

using Stream = Owned<cudaStream_t, cudaStreamDestroy>;
using Event = Owned<cudaEvent_t, cudaEventDestroy>;
using CublasHandle = Owned<cublasHandle_t, cublasDestroy>;
using CudnnHandle = Owned<cudnnHandle_t, cudnnDestroy>;
using TensorDescriptor = Owned<cudnnTensorDescriptor_t, cudnnDestroyTensorDescriptor>;
using FilterDescriptor = Owned<cudnnFilterDescriptor_t, cudnnDestroyFilterDescriptor>;
using ConvolutionDescriptor =
    Owned<cudnnConvolutionDescriptor_t, cudnnDestroyConvolutionDescriptor>;

/// Throw Error unless `status` is success: OutOfMemory where memory was short, Unsupported for what
/// cuDNN does not do, else Io; with the reason, the statement and its place.
void checkCublas(cublasStatus_t status, const char* statement, const char* file, int line);
void checkCudnn(cudnnStatus_t status, const char* statement, const char* file, int line);

}  // namespace clipscope::gpu

#define CLIPSCOPE_CUBLAS_CHECK(statement) \
    ::clipscope::gpu::checkCublas((statement), #statement, __FILE__, __LINE__)
#define CLIPSCOPE_CUDNN_CHECK(statement) \
    ::clipscope::gpu::checkCudnn((statement), #statement, __FILE__, __LINE__)
