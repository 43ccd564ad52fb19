// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// The CPU: oneDNN for convolution, matrix products and pooling, our own loops for the rest, on
/// threadCount() threads (base/parallel.h). One source file per group of methods.
class CpuDevice : public Device {
public:
    std::string name() const override { return "cpu"; }
    MemoryKind memoryKind() const override { return MemoryKind::Host; }
    bool takesSeveralRuns() const override { return true; }

    Tensor allocate(DType type, const Shape& shape) override;
    Tensor toHost(const Tensor& tensor) override { return tensor; }
    Tensor fromHost(const Tensor& tensor) override { return tensor; }

    Layout convolutionLayout(const ConvolutionParameters& parameters,
                             const Shape& x) const override;
    void convolve(const ConvolutionParameters& parameters, const Tensor& x, const Tensor& weights,
                  const Tensor* bias, Tensor& y, NodeState& state) override;
    void matmul(const MatmulParameters& parameters, const Tensor& a, const Tensor& b,
                const Tensor* bias, Tensor& y, NodeState& state) override;
    void pool(const PoolParameters& parameters, const Tensor& x, Tensor& y,
              NodeState& state) override;
    void scaleShift(const Tensor& x, const Tensor& scale, const Tensor& shift, Tensor& y) override;
    void layerNormalize(const Tensor& x, size_t axis, float epsilon, bool rms, const Tensor* scale,
                        const Tensor* bias, Tensor& y) override;
    void softmax(const Tensor& x, size_t axis, bool log, Tensor& y) override;
    void reduce(ReduceKind kind, std::span<const size_t> axes, const Tensor& x, Tensor& y) override;
    void argExtreme(bool largest, bool last, size_t axis, const Tensor& x, Tensor& y) override;

    void unary(UnaryFunction function, const UnaryParameters& parameters, const Tensor& x,
               Tensor& y) override;
    void binary(BinaryFunction function, const Tensor& a, const Tensor& b, Tensor& y) override;
    void where(const Tensor& condition, const Tensor& a, const Tensor& b, Tensor& y) override;
    void cast(const Tensor& x, Tensor& y) override;
    void copyStrided(const Shape& extents, const Tensor& x, const StridedView& fromView, Tensor& y,
                     const StridedView& toView) override;
    void fill(const Tensor& value, Tensor& y) override;
    void gather(const Tensor& x, size_t axis, std::span<const int64_t> indices, Tensor& y) override;
    void resize(const Tensor& x, size_t axis, const ResizeTaps& taps, float outside,
                Tensor& y) override;
    void scatter(Scattering scattering, std::span<const int64_t> offsets, int64_t run,
                 const Tensor& updates, Tensor& y) override;
    void cumulate(size_t axis, bool exclusive, bool reverse, const Tensor& x, Tensor& y) override;
    void selectTop(size_t axis, bool largest, const Tensor& x, Tensor& values,
                   Tensor& indices) override;
    void sampleGrid(const GridSampling& sampling, const Tensor& x, const Tensor& grid,
                    Tensor& y) override;
    void rotate(const Rotation& rotation, std::span<const int64_t> rows, const Tensor& x,
                const Tensor& cosines, const Tensor& sines, Tensor& y) override;
    void quantize(const Granularity& granularity, const Tensor& x, const Tensor& scales,
                  const Tensor& zeroPoints, Tensor& y) override;
    void dequantize(const Granularity& granularity, const Tensor& x, const Tensor& scales,
                    const Tensor& zeroPoints, Tensor& y) override;
    QuantizedTensor quantizeDynamically(const Tensor& x) override;
    void lookUp(const Tensor& x, const Tensor& table, Tensor& y) override;
    void addQuantized(const QuantizedSum& sum, const Tensor& a, const Tensor& b,
                      Tensor& y) override;
    IntegerSums multiplyIntegers(const MatmulParameters& parameters, const IntegerOperand& a,
                                 const IntegerOperand& b, const Shape& y,
                                 NodeState& state) override;
    IntegerSums convolveIntegers(const ConvolutionParameters& parameters, const IntegerOperand& x,
                                 const IntegerOperand& weights, const Shape& y,
                                 NodeState& state) override;
    void convertSums(const IntegerSums& sums, const Tensor* scales, const Tensor* zeroPoint,
                     Tensor& y) override;
    void recur(const Recurrence& form, RecurrentTensors& tensors, NodeState& state) override;
    void alignRegions(const RegionForm& form, std::span<const int64_t> batches, const Tensor& x,
                      const Tensor& regions, Tensor& y) override;
    void deformColumns(const DeformForm& form, const Tensor& x, const Tensor& offsets,
                       const Tensor* mask, Tensor& columns) override;

    void synchronize() override {}
};

}  // namespace clipscope::runtime
