// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

#include "analysis/runtime/device.h"
#include "gpu/backend.h"
#include "gpu/pool.h"
#include "gpu/sender.h"
#include "gpu/staging.h"

namespace clipscope::gpu {

struct ZeroPoints;  // kernels/integer_product.h

inline constexpr int64_t kFewIntegers = 1024;

/// A GPU behind the runtime's interface. Tensors live in its memory, but for small ones of integers
/// and bools: those are shapes, axes and indices that operators read, and arithmetic on them stays
/// on the CPU. Every method takes operands from either place. What has no kernel is done by `host`
/// and counted in hostWork(). One source file per group of methods in device/.
class GpuDevice final : public runtime::Device {
public:
    GpuDevice(std::shared_ptr<Backend> backend, std::unique_ptr<runtime::Device> host);
    ~GpuDevice() override;

    std::string name() const override;
    MemoryKind memoryKind() const override { return MemoryKind::Cuda; }
    Tensor allocate(DType type, const Shape& shape) override;
    Tensor toHost(const Tensor& tensor) override;
    Tensor fromHost(const Tensor& tensor) override;
    Tensor resident(const Tensor& tensor) override { return onDevice(tensor); }

    void convolve(const runtime::ConvolutionParameters& parameters, const Tensor& x,
                  const Tensor& weights, const Tensor* bias, Tensor& y,
                  runtime::NodeState& state) override;
    void matmul(const runtime::MatmulParameters& parameters, const Tensor& a, const Tensor& b,
                const Tensor* bias, Tensor& y, runtime::NodeState& state) override;
    void pool(const runtime::PoolParameters& parameters, const Tensor& x, Tensor& y,
              runtime::NodeState& state) override;
    void scaleShift(const Tensor& x, const Tensor& scale, const Tensor& shift, Tensor& y) override;
    void layerNormalize(const Tensor& x, size_t axis, float epsilon, bool rms, const Tensor* scale,
                        const Tensor* bias, Tensor& y) override;
    void softmax(const Tensor& x, size_t axis, bool log, Tensor& y) override;
    void reduce(runtime::ReduceKind kind, std::span<const size_t> axes, const Tensor& x,
                Tensor& y) override;
    void argExtreme(bool largest, bool last, size_t axis, const Tensor& x, Tensor& y) override;
    void unary(runtime::UnaryFunction function, const runtime::UnaryParameters& parameters,
               const Tensor& x, Tensor& y) override;
    void binary(runtime::BinaryFunction function, const Tensor& a, const Tensor& b,
                Tensor& y) override;
    void where(const Tensor& condition, const Tensor& a, const Tensor& b, Tensor& y) override;
    void cast(const Tensor& x, Tensor& y) override;
    void copyStrided(const Shape& extents, const Tensor& x, const runtime::StridedView& fromView,
                     Tensor& y, const runtime::StridedView& toView) override;
    void fill(const Tensor& value, Tensor& y) override;
    void gather(const Tensor& x, size_t axis, std::span<const int64_t> indices, Tensor& y) override;
    void resize(const Tensor& x, size_t axis, const runtime::ResizeTaps& taps, float outside,
                Tensor& y) override;
    void scatter(runtime::Scattering scattering, std::span<const int64_t> offsets, int64_t run,
                 const Tensor& updates, Tensor& y) override;
    void cumulate(size_t axis, bool exclusive, bool reverse, const Tensor& x, Tensor& y) override;
    void selectTop(size_t axis, bool largest, const Tensor& x, Tensor& values,
                   Tensor& indices) override;
    void sampleGrid(const runtime::GridSampling& sampling, const Tensor& x, const Tensor& grid,
                    Tensor& y) override;
    void rotate(const runtime::Rotation& rotation, std::span<const int64_t> rows, const Tensor& x,
                const Tensor& cosines, const Tensor& sines, Tensor& y) override;
    void quantize(const runtime::Granularity& granularity, const Tensor& x, const Tensor& scales,
                  const Tensor& zeroPoints, Tensor& y) override;
    void dequantize(const runtime::Granularity& granularity, const Tensor& x, const Tensor& scales,
                    const Tensor& zeroPoints, Tensor& y) override;
    runtime::QuantizedTensor quantizeDynamically(const Tensor& x) override;
    void lookUp(const Tensor& x, const Tensor& table, Tensor& y) override;
    void addQuantized(const runtime::QuantizedSum& sum, const Tensor& a, const Tensor& b,
                      Tensor& y) override;
    runtime::IntegerSums multiplyIntegers(const runtime::MatmulParameters& parameters,
                                          const runtime::IntegerOperand& a,
                                          const runtime::IntegerOperand& b, const Shape& y,
                                          runtime::NodeState& state) override;
    runtime::IntegerSums convolveIntegers(const runtime::ConvolutionParameters& parameters,
                                          const runtime::IntegerOperand& x,
                                          const runtime::IntegerOperand& weights, const Shape& y,
                                          runtime::NodeState& state) override;
    void convertSums(const runtime::IntegerSums& sums, const Tensor* scales,
                     const Tensor* zeroPoint, Tensor& y) override;
    void recur(const runtime::Recurrence& form, runtime::RecurrentTensors& tensors,
               runtime::NodeState& state) override;
    void alignRegions(const runtime::RegionForm& form, std::span<const int64_t> batches,
                      const Tensor& x, const Tensor& regions, Tensor& y) override;
    void deformColumns(const runtime::DeformForm& form, const Tensor& x, const Tensor& offsets,
                       const Tensor* mask, Tensor& columns) override;
    void synchronize() override { m_backend->synchronize(); }

    bool isAlive() const override { return m_backend->isAlive(); }
    std::unique_ptr<runtime::SentInputs> send(const std::map<std::string, Tensor>& inputs) override;
    runtime::Device& host() override { return *m_host; }
    void beginHostWork() override;
    void endHostWork() override;
    runtime::HostWork hostWork() const override { return m_hostWork; }
    std::unique_ptr<runtime::DeviceStatistics> makeStatistics() override;

    /// Up to how many integers and bools of a tensor stay with the host.
    void setFew(int64_t count) { m_few = count; }

    Backend& backend() { return *m_backend; }
    const Queue& queue() const { return m_backend->queue(); }
    Pool& memory() { return m_pool; }
    Staging& staging() { return m_staging; }
    PinnedMemory pinned(size_t size) { return {m_backend, size}; }
    struct Scratch;
    /// What one kernel leaves for the next; the same for all tensors, as work is queued in order.
    Scratch& scratch();

private:
    friend class DeviceOutput;

    Tensor allocateOnDevice(DType type, const Shape& shape, Tensor copyOf = {});
    /// The tensor in the device's memory.
    Tensor onDevice(const Tensor& tensor);
    Tensor widened(const Tensor& x);
    bool convolveOnDevice(const runtime::ConvolutionParameters& parameters, const Tensor& x,
                          const Tensor& weights, Tensor& y, runtime::NodeState& state);
    /// Quantizes or dequantizes; false where there is no kernel for the types.
    bool quantizeOnDevice(const runtime::Granularity& granularity, const Tensor& x,
                          const Tensor& scales, const Tensor& zeroPoints, Tensor& y);
    /// The same of an operand; `kept` is where its copy stays for the next run if it is constant.
    Tensor onDevice(const runtime::IntegerOperand& operand, Tensor& kept);
    ZeroPoints zeroPointsOf(const runtime::IntegerOperand& operand, Tensor& kept);
    void reduceLogSumExp(std::span<const size_t> axes, const Tensor& x, Tensor& y);
    /// False where there is no kernel for the type.
    bool scatterOnDevice(runtime::Scattering scattering, std::span<const int64_t> offsets,
                         int64_t run, const Tensor& updates, Tensor& y);
    bool selectTopOnDevice(size_t axis, bool largest, const Tensor& x, Tensor& values,
                           Tensor& indices);
    void copyDown(const Tensor& from, Tensor& to);
    void copyUp(const Tensor& from, Tensor& to);

    /// Does `work(inputs, y)` on the CPU for operands wherever they are; the results go to y.
    using HostCall = std::function<void(const std::vector<Tensor>& inputs, Tensor& y)>;
    void onHost(const std::vector<const Tensor*>& inputs, Tensor& y, const HostCall& work);

    std::shared_ptr<Backend> m_backend;
    std::unique_ptr<runtime::Device> m_host;
    Pool m_pool;
    Staging m_staging;
    std::unique_ptr<Scratch> m_scratch;
    std::unique_ptr<Sender> m_sender;  ///< made on first use
    runtime::HostWork m_hostWork;
    int64_t m_few = kFewIntegers;
    int64_t m_copied = 0;        ///< bytes, in both directions
    int64_t m_copiedBefore = 0;  ///< the same when the present host work began
    int m_hostDepth = 0;
    std::chrono::steady_clock::time_point m_hostStart;
};

/// Where a kernel writes for `y`: y itself, or memory of the device that finish() copies to it.
class DeviceOutput {
public:
    DeviceOutput(GpuDevice& device, Tensor& y);
    Tensor& tensor() { return m_onDevice; }
    void finish();

private:
    GpuDevice& m_device;
    Tensor& m_y;
    Tensor m_onDevice;
};

/// Shapes, axes and indices: so few integers that the CPU is done before a kernel would start.
bool belongsOnHost(DType type, int64_t count, int64_t few = kFewIntegers);

/// All of them and y lie on the host: nothing for the device.
bool allOnHost(std::initializer_list<const Tensor*> tensors);

template <typename T>
const T* dataOf(const Tensor& tensor) {
    return reinterpret_cast<const T*>(tensor.bytes());
}
template <typename T>
T* dataOf(Tensor& tensor) {
    return reinterpret_cast<T*>(tensor.mutableBytes());
}

}  // namespace clipscope::gpu
