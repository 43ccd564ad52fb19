// SPDX-License-Identifier: Apache-2.0
// What the statuses of CUDA's libraries become; runs without a GPU, too.
#include "gpu/cuda/check.h"

#include "gpu/cuda/handles.h"
#include "tests/expect_error.h"

namespace clipscope::gpu {
namespace {

/// What the check throws, said to be of one statement.
template <typename Check, typename Status>
ErrorCode codeOf(Check check, Status status) {
    try {
        check(status, "statement()", "file.cpp", 7);
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("statement() at file.cpp:7"), std::string::npos)
            << error.what();
        return error.code();
    }
    ADD_FAILURE() << "no error was thrown";
    return ErrorCode::Internal;
}

TEST(WithoutAGpu, ShortMemoryIsToldFromOtherErrors) {
    // Batches are halved for it.
    EXPECT_EQ(codeOf(checkCuda, cudaErrorMemoryAllocation), ErrorCode::OutOfMemory);
    EXPECT_EQ(codeOf(checkCublas, CUBLAS_STATUS_ALLOC_FAILED), ErrorCode::OutOfMemory);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED),
              ErrorCode::OutOfMemory);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED),
              ErrorCode::OutOfMemory);
    EXPECT_EQ(codeOf(checkCuda, cudaErrorIllegalAddress), ErrorCode::Io);
    EXPECT_EQ(codeOf(checkCublas, CUBLAS_STATUS_EXECUTION_FAILED), ErrorCode::Io);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_INTERNAL_ERROR), ErrorCode::Io);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_EXECUTION_FAILED), ErrorCode::Io);
}

TEST(WithoutAGpu, WhatCudnnDoesNotDoIsToldFromAnInstallationThatIsWrong) {
    // The CPU does it.
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_NOT_SUPPORTED), ErrorCode::Unsupported);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_NOT_SUPPORTED_SHAPE), ErrorCode::Unsupported);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_NOT_SUPPORTED_SHARED_MEMORY_INSUFFICIENT),
              ErrorCode::Unsupported);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_BAD_PARAM), ErrorCode::Unsupported);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER),
              ErrorCode::Io);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE), ErrorCode::Io);
    EXPECT_EQ(codeOf(checkCudnn, CUDNN_STATUS_NOT_INITIALIZED), ErrorCode::Io);
}

TEST(WithoutAGpu, ErrorsSayWhatToDo) {
    const auto cuda = [](cudaError_t status) {
        return [status] { checkCuda(status, "statement()", "file.cpp", 7); };
    };
    expectError(cuda(cudaErrorMemoryAllocation), {"no memory left", "--batch", "--device cpu"});
    expectError(cuda(cudaErrorLaunchFailure), {"lost in mid-run", "--device cpu"});
    expectError(cuda(cudaErrorNoKernelImageForDevice), {"CLIPSCOPE_CUDA_ARCHITECTURES"});
    expectError(cuda(cudaErrorInsufficientDriver), {"newer driver"});
    checkCuda(cudaSuccess, "", "", 0);
    checkCublas(CUBLAS_STATUS_SUCCESS, "", "", 0);
    checkCudnn(CUDNN_STATUS_SUCCESS, "", "", 0);
}

}  // namespace
}  // namespace clipscope::gpu
