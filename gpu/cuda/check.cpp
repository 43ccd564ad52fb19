// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "gpu/cuda/handles.h"

namespace clipscope::gpu {
namespace {

constexpr const char* kNoMemory =
    "the GPU has no memory left: use a smaller --batch, or run with --device cpu";

/// What the user can do about it; null where nothing is known but the reason.
const char* remedy(cudaError_t status) {
    switch (status) {
        case cudaErrorInsufficientDriver:
            return "the NVIDIA driver is older than this CUDA runtime needs: install a newer "
                   "driver, or run with --device cpu";
        case cudaErrorNoDevice:
        case cudaErrorInvalidDevice:
            return "there is no such NVIDIA GPU: run with --device cpu";
        case cudaErrorNoKernelImageForDevice:
        case cudaErrorUnsupportedPtxVersion:
        case cudaErrorInvalidKernelImage:
            return "this build has no code for the GPU (compute capability 7.5 and later is "
                   "supported): build with CLIPSCOPE_CUDA_ARCHITECTURES set to it, or run with "
                   "--device cpu";
        case cudaErrorMemoryAllocation:
            return kNoMemory;
        case cudaErrorECCUncorrectable:
        case cudaErrorHardwareStackError:
        case cudaErrorLaunchFailure:
        case cudaErrorLaunchTimeout:
        case cudaErrorIllegalAddress:
        case cudaErrorSystemDriverMismatch:
        case cudaErrorDevicesUnavailable:
            return "the GPU was lost in mid-run: run again, with --device cpu if it stays so";
        default:
            return nullptr;
    }
}

[[noreturn]] void throwLibraryError(ErrorCode code, const char* library, const char* status,
                                    const char* statement, const char* file, int line) {
    cudaGetLastError();  // what failed inside must not be taken for an error of the next launch
    const std::string what =
        code == ErrorCode::OutOfMemory
            ? kNoMemory
            : fmt::format("{} reports an error: run with --device cpu", library);
    throw Error(code, fmt::format("{} ({}; {} at {}:{})", what, status, statement, file, line));
}

/// Statuses of cuDNN 9 come in thousands: those of wrong parameters and of what it does not have
/// are both said of shapes that its algorithms cannot do, but for those of the installation.
ErrorCode codeOf(cudnnStatus_t status) {
    if (status == CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED ||
        status == CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED)
        return ErrorCode::OutOfMemory;
    const bool isOfInstallation = status >= CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER &&
                                  status <= CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE;
    const int category = status / 1000 * 1000;
    return !isOfInstallation &&
                   (category == CUDNN_STATUS_BAD_PARAM || category == CUDNN_STATUS_NOT_SUPPORTED)
               ? ErrorCode::Unsupported
               : ErrorCode::Io;
}

}  // namespace

void checkCuda(cudaError_t status, const char* statement, const char* file, int line) {
    if (status == cudaSuccess)
        return;
    cudaGetLastError();  // an error that is not sticky must not be found again by the next call
    const ErrorCode code = status == cudaErrorMemoryAllocation ? ErrorCode::OutOfMemory
                           : status == cudaErrorInsufficientDriver || status == cudaErrorNoDevice ||
                                   status == cudaErrorNoKernelImageForDevice
                               ? ErrorCode::Unsupported
                               : ErrorCode::Io;
    const char* what = remedy(status);
    throw Error(code, fmt::format("{} ({}: {}; {} at {}:{})",
                                  what ? what : "the GPU reports an error: run with --device cpu",
                                  cudaGetErrorName(status), cudaGetErrorString(status), statement,
                                  file, line));
}

void checkCublas(cublasStatus_t status, const char* statement, const char* file, int line) {
    if (status != CUBLAS_STATUS_SUCCESS)
        throwLibraryError(
            status == CUBLAS_STATUS_ALLOC_FAILED ? ErrorCode::OutOfMemory : ErrorCode::Io, "cuBLAS",
            cublasGetStatusName(status), statement, file, line);
}

void checkCudnn(cudnnStatus_t status, const char* statement, const char* file, int line) {
    if (status != CUDNN_STATUS_SUCCESS)
        throwLibraryError(codeOf(status), "cuDNN", cudnnGetErrorString(status), statement, file,
                          line);
}

}  // namespace clipscope::gpu
