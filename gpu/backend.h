// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "analysis/runtime/device.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

/// c = alpha op(a) op(b) + beta c, `batch` times, float32 in column-major order as BLAS has it:
/// op(a) is m x k, op(b) k x n, c m x n; lda, ldb, ldc are the distances of columns, the strides
/// those of the matrices of a batch (0: the same one each time).
struct Gemm {
    bool transposeA = false;
    bool transposeB = false;
    int64_t m = 0, n = 0, k = 0;
    const float* a = nullptr;
    const float* b = nullptr;
    float* c = nullptr;
    int64_t lda = 0, ldb = 0, ldc = 0;
    int64_t strideA = 0, strideB = 0, strideC = 0;
    int64_t batch = 1;
    float alpha = 1;
    float beta = 0;
};

/// A convolution without bias over 2 or 3 spatial axes, with the same pads on both sides of an
/// axis. forward: y from x; otherwise x from y, as the gradient of the forward one (transposed).
struct Convolution {
    bool forward = true;
    std::vector<int64_t> x;        ///< N, C, spatial: the side of the weights' inputs
    std::vector<int64_t> y;        ///< N, O, spatial
    std::vector<int64_t> weights;  ///< O, C / groups, kernel
    std::vector<int64_t> pads;
    std::vector<int64_t> strides;
    std::vector<int64_t> dilations;
    int64_t groups = 1;
    bool operator==(const Convolution&) const = default;
};

/// Device memory for what a call leaves between its steps, until its work is done. Throws
/// Error(OutOfMemory).
using WorkMemory = std::function<std::byte*(size_t size)>;

/// What is done side by side, each in order: all work, and copies that are sent ahead of it.
enum class Lane { Work, Ahead };

/// A place in a lane, reached when all that was queued there before record() is done; one that was
/// never recorded counts as reached.
class Mark {
public:
    virtual ~Mark() = default;
};

/// The processor under a GpuDevice: CUDA (cuda/), or the CPU that steps kernels (tests). Work is
/// queued in order; only toHost(), synchronize() and await() wait. Memory is that of the processor.
/// One thread at a time may use it; another one may, meanwhile, allocate, and call what concerns
/// Lane::Ahead.
class Backend {
public:
    virtual ~Backend() = default;
    virtual std::string name() const = 0;
    virtual const Queue& queue() const = 0;

    /// 256-byte aligned. Throws Error(OutOfMemory).
    virtual std::byte* allocate(size_t size) = 0;
    virtual void release(std::byte* block) noexcept = 0;
    virtual void toHost(std::byte* to, const std::byte* from, size_t size) = 0;
    virtual void clear(std::byte* block, size_t size) = 0;
    virtual void synchronize() = 0;
    /// False once it was lost: every call fails from then on.
    virtual bool isAlive() const { return true; }

    /// Host memory from which copies are made while the CPU goes on: PinnedMemory (pinned.h) owns
    /// it, Staging and Sender fill it. Throws Error(OutOfMemory).
    virtual std::byte* allocatePinned(size_t size) = 0;
    virtual void releasePinned(std::byte* block) noexcept = 0;
    /// Queues a copy to the device. `pinned` must stay as it is until that is done.
    virtual void copyIn(std::byte* to, const std::byte* pinned, size_t size, Lane lane) = 0;
    virtual std::unique_ptr<Mark> makeMark() = 0;
    virtual void record(Mark& mark, Lane lane) = 0;
    /// What is queued in `lane` from now on waits until the mark is reached.
    virtual void wait(const Mark& mark, Lane lane) = 0;
    /// The CPU waits until the mark is reached.
    virtual void await(const Mark& mark) = 0;

    /// Within the device's memory; the two do not overlap.
    virtual void copy(std::byte* to, const std::byte* from, size_t size) = 0;
    /// How long the processor takes for what `work` queues. Waits.
    virtual double seconds(const std::function<void()>& work) = 0;

    virtual void multiply(const Gemm& gemm) = 0;
    /// Elements of the largest x and y that convolve() takes.
    virtual int64_t mostConvolved() const { return std::numeric_limits<int32_t>::max(); }
    /// `source` and `destination` are x and y, or y and x. What is prepared for the shapes may be
    /// kept in `state`. Where there is no memory for the fastest way a slower one is taken. False
    /// where the library has no such convolution.
    virtual bool convolve(const Convolution& convolution, const float* source, const float* weights,
                          float* destination, const WorkMemory& memory,
                          runtime::NodeState& state) = 0;
};

}  // namespace clipscope::gpu
