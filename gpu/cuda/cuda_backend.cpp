// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/cuda_backend.h"

#include <fmt/format.h>

namespace clipscope::gpu {

CudaBackend::CudaBackend(int index, bool tf32) : m_index(index), m_tf32(tf32) {
    use();
    cudaDeviceProp properties{};
    CLIPSCOPE_CUDA_CHECK(cudaGetDeviceProperties(&properties, index));
    m_name = fmt::format("cuda:{} {}", index, properties.name);
    cudaStream_t stream = nullptr;
    CLIPSCOPE_CUDA_CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    m_stream = Stream(stream);
    cudaStream_t ahead = nullptr;
    CLIPSCOPE_CUDA_CHECK(cudaStreamCreateWithFlags(&ahead, cudaStreamNonBlocking));
    m_ahead = Stream(ahead);
    m_queue = {stream, properties.multiProcessorCount, properties.sharedMemPerBlockOptin};

    cublasHandle_t cublas = nullptr;
    CLIPSCOPE_CUBLAS_CHECK(cublasCreate(&cublas));
    m_cublas = CublasHandle(cublas);
    CLIPSCOPE_CUBLAS_CHECK(cublasSetStream(cublas, stream));
    CLIPSCOPE_CUBLAS_CHECK(
        cublasSetMathMode(cublas, tf32 ? CUBLAS_TF32_TENSOR_OP_MATH : CUBLAS_DEFAULT_MATH));
    cudnnHandle_t cudnn = nullptr;
    CLIPSCOPE_CUDNN_CHECK(cudnnCreate(&cudnn));
    m_cudnn = CudnnHandle(cudnn);
    CLIPSCOPE_CUDNN_CHECK(cudnnSetStream(cudnn, stream));
}

CudaBackend::~CudaBackend() {
    cudaSetDevice(m_index);
    cudaStreamSynchronize(m_ahead.get());
    cudaStreamSynchronize(m_stream.get());
}

void CudaBackend::use() const {
    CLIPSCOPE_CUDA_CHECK(cudaSetDevice(m_index));
}

const Queue& CudaBackend::queue() const {
    use();
    return m_queue;
}

std::byte* CudaBackend::allocate(size_t size) {
    use();
    void* block = nullptr;
    CLIPSCOPE_CUDA_CHECK(cudaMalloc(&block, size));
    return static_cast<std::byte*>(block);
}

void CudaBackend::release(std::byte* block) noexcept {
    cudaSetDevice(m_index);
    cudaFree(block);     // waits for what still uses it
    cudaGetLastError();  // an earlier error that it reports is found by what asks for it
}

void CudaBackend::toHost(std::byte* to, const std::byte* from, size_t size) {
    use();
    CLIPSCOPE_CUDA_CHECK(cudaMemcpyAsync(to, from, size, cudaMemcpyDeviceToHost, m_stream.get()));
    CLIPSCOPE_CUDA_CHECK(cudaStreamSynchronize(m_stream.get()));
}

void CudaBackend::clear(std::byte* block, size_t size) {
    use();
    CLIPSCOPE_CUDA_CHECK(cudaMemsetAsync(block, 0, size, m_stream.get()));
}

void CudaBackend::synchronize() {
    use();
    CLIPSCOPE_CUDA_CHECK(cudaStreamSynchronize(m_stream.get()));
}

void CudaBackend::copy(std::byte* to, const std::byte* from, size_t size) {
    use();
    CLIPSCOPE_CUDA_CHECK(cudaMemcpyAsync(to, from, size, cudaMemcpyDeviceToDevice, m_stream.get()));
}

double CudaBackend::seconds(const std::function<void()>& work) {
    use();
    std::array<Event, 2> moments;
    for (Event& moment : moments) {
        cudaEvent_t event = nullptr;
        CLIPSCOPE_CUDA_CHECK(cudaEventCreate(&event));
        moment = Event(event);
    }
    CLIPSCOPE_CUDA_CHECK(cudaEventRecord(moments[0].get(), m_stream.get()));
    work();
    CLIPSCOPE_CUDA_CHECK(cudaEventRecord(moments[1].get(), m_stream.get()));
    CLIPSCOPE_CUDA_CHECK(cudaEventSynchronize(moments[1].get()));
    float milliseconds = 0;
    CLIPSCOPE_CUDA_CHECK(cudaEventElapsedTime(&milliseconds, moments[0].get(), moments[1].get()));
    return static_cast<double>(milliseconds) * 1e-3;
}

bool CudaBackend::isAlive() const {
    if (cudaSetDevice(m_index) != cudaSuccess)
        return false;
    const cudaError_t status = cudaStreamQuery(m_stream.get());
    cudaGetLastError();  // that it is still busy counts as an error
    return status == cudaSuccess || status == cudaErrorNotReady;
}

std::byte* CudaBackend::allocatePinned(size_t size) {
    use();
    void* block = nullptr;
    CLIPSCOPE_CUDA_CHECK(cudaMallocHost(&block, size));
    return static_cast<std::byte*>(block);
}

void CudaBackend::releasePinned(std::byte* block) noexcept {
    cudaFreeHost(block);
    cudaGetLastError();
}

void CudaBackend::copyIn(std::byte* to, const std::byte* pinned, size_t size, Lane lane) {
    use();
    CLIPSCOPE_CUDA_CHECK(cudaMemcpyAsync(to, pinned, size, cudaMemcpyHostToDevice, streamOf(lane)));
}

namespace {

struct CudaMark final : Mark {
    explicit CudaMark(cudaEvent_t made) : event(made) {}
    Event event;
};

cudaEvent_t eventOf(const Mark& mark) {
    return static_cast<const CudaMark&>(mark).event.get();
}

}  // namespace

cudaStream_t CudaBackend::streamOf(Lane lane) const {
    return lane == Lane::Work ? m_stream.get() : m_ahead.get();
}

std::unique_ptr<Mark> CudaBackend::makeMark() {
    use();
    cudaEvent_t event = nullptr;
    CLIPSCOPE_CUDA_CHECK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
    return std::make_unique<CudaMark>(event);
}

void CudaBackend::record(Mark& mark, Lane lane) {
    use();
    CLIPSCOPE_CUDA_CHECK(cudaEventRecord(eventOf(mark), streamOf(lane)));
}

void CudaBackend::wait(const Mark& mark, Lane lane) {
    use();
    CLIPSCOPE_CUDA_CHECK(cudaStreamWaitEvent(streamOf(lane), eventOf(mark), 0));
}

void CudaBackend::await(const Mark& mark) {
    use();
    CLIPSCOPE_CUDA_CHECK(cudaEventSynchronize(eventOf(mark)));
}

void CudaBackend::multiply(const Gemm& g) {
    use();
    const auto operation = [](bool transposed) { return transposed ? CUBLAS_OP_T : CUBLAS_OP_N; };
    CLIPSCOPE_CUBLAS_CHECK(cublasSgemmStridedBatched_64(
        m_cublas.get(), operation(g.transposeA), operation(g.transposeB), g.m, g.n, g.k, &g.alpha,
        g.a, g.lda, g.strideA, g.b, g.ldb, g.strideB, &g.beta, g.c, g.ldc, g.strideC, g.batch));
}

}  // namespace clipscope::gpu
