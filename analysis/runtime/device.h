// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <any>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/histogram/statistics.h"
#include "analysis/runtime/functors.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// What a device prepared for one node and keeps between runs: primitives, reordered weights. Each
/// node of an executor has one; the device casts it to its own type.
using NodeState = std::any;

/// N x C x spatial; weights O x C/groups x kernel (transposed: C x O/groups x kernel).
struct ConvolutionParameters {
    std::vector<int64_t> strides;
    std::vector<int64_t> dilations;
    std::vector<int64_t> padsBegin;
    std::vector<int64_t> padsEnd;
    int64_t groups = 1;
    bool transposed = false;          ///< padsEnd may then be negative: output padding
    bool weightsAreConstant = false;  ///< the device may keep them reordered in the NodeState
};

/// y = alpha op(a) op(b) + beta bias over the last two axes, batch axes broadcast; bias broadcasts
/// to y (it may be null).
struct MatmulParameters {
    bool transposeA = false;
    bool transposeB = false;
    float alpha = 1;
    float beta = 1;
    bool bIsConstant = false;
};

enum class PoolKind { Max, AverageIncludingPads, AverageExcludingPads };

struct PoolParameters {
    PoolKind kind = PoolKind::Max;
    std::vector<int64_t> kernel;
    std::vector<int64_t> strides;
    std::vector<int64_t> dilations;
    std::vector<int64_t> padsBegin;
    std::vector<int64_t> padsEnd;  ///< already enlarged for ceil_mode
    /// What of padsEnd AverageIncludingPads counts; what ceil_mode added is not. Empty: all.
    std::vector<int64_t> countedPadsEnd;
};

enum class ReduceKind { Sum, Mean, Max, Min, Prod, L1, L2, LogSum, LogSumExp, SumSquare };

/// A strided view for data movement: element (i0, i1, ...) lies at offset + sum i_k strides[k],
/// counted in elements; strides may be 0 (broadcast) or negative (reversed).
struct StridedView {
    int64_t offset = 0;
    std::vector<int64_t> strides;
};

struct DeformForm;        // functors/deform.h
struct Granularity;       // granularity.h
struct GridSampling;      // functors/grid.h
struct IntegerOperand;    // integer_sums.h
struct IntegerSums;       // integer_sums.h
struct QuantizedSum;      // functors/quantize.h
struct QuantizedTensor;   // integer_sums.h
struct Recurrence;        // recurrence.h
struct RecurrentTensors;  // recurrence.h
struct RegionForm;        // functors/regions.h
struct ResizeTaps;        // ops/resize_taps.h
struct Rotation;          // functors/rotate.h

/// What becomes of an element that is scattered over an old one.
enum class Scattering { Replace, Add, Mul, Max, Min };

/// Where the channels of an observed tensor lie.
enum class ChannelAxis { None, Second, Last };

/// The statistics of one value over all runs, kept where its tensors live: only bins leave the
/// device. What drain() gives equals what the CPU would have counted.
class DeviceStatistics {
public:
    virtual ~DeviceStatistics() = default;

    /// Queues the counting of a float32 tensor, whose first axis is cut into samples.size() equal
    /// samples; an empty list: which sample a value belongs to cannot be told.
    virtual void observe(const Tensor& tensor, ChannelAxis channels,
                         std::span<const int64_t> samples) = 0;
    /// Queues the counting of |x| into the equal bins that the first call names.
    virtual void observeExact(const Tensor& tensor, const histogram::EqualBins& bins) = 0;
    /// Waits, adds all that was observed since the last call, exact bins too, and forgets it.
    virtual void drain(histogram::TensorStatistics& into) = 0;
};

/// The inputs of a run, on their way to a device ahead of it. When it is destroyed, after the work
/// that reads them was asked for, their memory is used again. It must not outlive the device.
class SentInputs {
public:
    virtual ~SentInputs() = default;
    /// On the thread that runs the model: the inputs, on the device. What it is asked for from now
    /// on waits until they have arrived.
    virtual const std::map<std::string, Tensor>& receive() = 0;
};

/// What a device left to the CPU because it has no kernel for it.
struct HostWork {
    int64_t calls = 0;        ///< of work that had to move data between the device and the CPU
    int64_t bytesCopied = 0;  ///< in both directions, for that work
    double seconds = 0;       ///< copies included
};

/// Where tensors live and operators run. Small on purpose: operators (ops/) know ONNX and compute
/// shapes, a device knows arithmetic. Outputs are allocated by the caller with allocate(), but for
/// those that are returned. Tensors are row-major where nothing else is said. A device throws
/// Error(Unsupported) for an element type or a form that it has no kernel for.
class Device {
public:
    virtual ~Device() = default;

    virtual std::string name() const = 0;  ///< "cpu", "cuda:0 NVIDIA H200"
    virtual MemoryKind memoryKind() const = 0;
    /// Whether several threads may run models on it at a time.
    virtual bool takesSeveralRuns() const { return false; }

    virtual Tensor allocate(DType type, const Shape& shape) = 0;
    virtual Tensor toHost(const Tensor& tensor) = 0;    ///< the same tensor if it is there
    virtual Tensor fromHost(const Tensor& tensor) = 0;  ///< likewise
    /// The tensor where kernels read it, also if it is so small that fromHost() leaves it with the
    /// host: what operators keep of constants.
    virtual Tensor resident(const Tensor& tensor) { return fromHost(tensor); }

    /// In which x and y of this convolution are best given.
    virtual Layout convolutionLayout(const ConvolutionParameters& parameters,
                                     const Shape& x) const {
        static_cast<void>(parameters);
        static_cast<void>(x);
        return Layout::RowMajor;
    }
    /// x and y have one layout, whichever it is.
    virtual void convolve(const ConvolutionParameters& parameters, const Tensor& x,
                          const Tensor& weights, const Tensor* bias, Tensor& y,
                          NodeState& state) = 0;
    virtual void matmul(const MatmulParameters& parameters, const Tensor& a, const Tensor& b,
                        const Tensor* bias, Tensor& y, NodeState& state) = 0;
    /// x and y have one layout: channels-last ones are float32.
    virtual void pool(const PoolParameters& parameters, const Tensor& x, Tensor& y,
                      NodeState& state) = 0;

    /// y = x * scale[c] + shift[c], c along axis 1.
    virtual void scaleShift(const Tensor& x, const Tensor& scale, const Tensor& shift,
                            Tensor& y) = 0;
    /// Over the trailing axes from `axis`: y = (x - mean) / sqrt(variance + epsilon) * scale +
    /// bias, scale and bias of the shape of those axes (bias may be null). rms: mean is taken as 0.
    virtual void layerNormalize(const Tensor& x, size_t axis, float epsilon, bool rms,
                                const Tensor* scale, const Tensor* bias, Tensor& y) = 0;
    /// Along `axis`; log: logarithm of it.
    virtual void softmax(const Tensor& x, size_t axis, bool log, Tensor& y) = 0;
    /// Over `axes` (ascending); y has x's shape with those axes 1, or without them.
    virtual void reduce(ReduceKind kind, std::span<const size_t> axes, const Tensor& x,
                        Tensor& y) = 0;

    /// The position along `axis` of the largest element, or the least, as int64; of equal ones the
    /// last or the first. y has x's shape with that axis 1, or without it.
    virtual void argExtreme(bool largest, bool last, size_t axis, const Tensor& x, Tensor& y) = 0;

    virtual void unary(UnaryFunction function, const UnaryParameters& parameters, const Tensor& x,
                       Tensor& y) = 0;
    /// With broadcasting; comparisons write bool.
    virtual void binary(BinaryFunction function, const Tensor& a, const Tensor& b, Tensor& y) = 0;
    virtual void where(const Tensor& condition, const Tensor& a, const Tensor& b, Tensor& y) = 0;
    virtual void cast(const Tensor& x, Tensor& y) = 0;

    /// For every index of `extents`: y[toView(index)] = x[fromView(index)]; the types are equal.
    virtual void copyStrided(const Shape& extents, const Tensor& x, const StridedView& fromView,
                             Tensor& y, const StridedView& toView) = 0;
    /// Every element of y becomes the single element of `value`.
    virtual void fill(const Tensor& value, Tensor& y) = 0;

    /// y is x with the elements `indices`, in [0, extent), along `axis`; they replace that axis.
    virtual void gather(const Tensor& x, size_t axis, std::span<const int64_t> indices,
                        Tensor& y) = 0;
    /// y is x, both float32, with `axis` resized: each element along it is the sum of its taps'
    /// weights times x, in their order, or `outside` where it lies outside the region.
    virtual void resize(const Tensor& x, size_t axis, const ResizeTaps& taps, float outside,
                        Tensor& y) = 0;

    /// y has the runs of `run` elements of `updates`, one after the other, at `offsets` (multiples
    /// of `run`), combined in their order with what is there.
    virtual void scatter(Scattering scattering, std::span<const int64_t> offsets, int64_t run,
                         const Tensor& updates, Tensor& y) = 0;
    /// Along `axis`, the sum of all elements up to each one, or (exclusive) before it; in their
    /// order, or from the last one.
    virtual void cumulate(size_t axis, bool exclusive, bool reverse, const Tensor& x,
                          Tensor& y) = 0;
    /// The first elements along `axis` in the order of functors/order.h, as many as `values` and
    /// `indices` (int64: their positions) have.
    virtual void selectTop(size_t axis, bool largest, const Tensor& x, Tensor& values,
                           Tensor& indices) = 0;
    /// x (float32 or float64, as y) is N x C x spatial, the grid N x places x axes: the last axis
    /// first, in [-1, 1].
    virtual void sampleGrid(const GridSampling& sampling, const Tensor& x, const Tensor& grid,
                            Tensor& y) = 0;
    /// y is float32 x with the pairs of each head rotated; `rows` names the row of the tables
    /// (`half` columns) for each position of each batch.
    virtual void rotate(const Rotation& rotation, std::span<const int64_t> rows, const Tensor& x,
                        const Tensor& cosines, const Tensor& sines, Tensor& y) = 0;

    /// float32 x as integers of 8 or 16 bits, and integers of 8, 16 and 32 bits, or float32, as
    /// float32 y (functors/quantize.h); scales and zero points are float32, as many.
    virtual void quantize(const Granularity& granularity, const Tensor& x, const Tensor& scales,
                          const Tensor& zeroPoints, Tensor& y) = 0;
    virtual void dequantize(const Granularity& granularity, const Tensor& x, const Tensor& scales,
                            const Tensor& zeroPoints, Tensor& y) = 0;
    /// float32 x as uint8 over its own range, extended to 0; NaN do not count.
    virtual QuantizedTensor quantizeDynamically(const Tensor& x) = 0;
    /// y[i] = table[x[i]], all of 8 bits: the table has 256 elements, for x taken as uint8.
    virtual void lookUp(const Tensor& x, const Tensor& table, Tensor& y) = 0;
    /// functors/quantize.h; a, b and y have one shape and one type, int8 or uint8.
    virtual void addQuantized(const QuantizedSum& sum, const Tensor& a, const Tensor& b,
                              Tensor& y) = 0;

    /// op(a) op(b) over the last two axes, batch axes broadcast, or x convolved with the weights,
    /// to y's shape: of integers of 8 bits less their zero points, exact in int32, which may wrap.
    virtual IntegerSums multiplyIntegers(const MatmulParameters& parameters,
                                         const IntegerOperand& a, const IntegerOperand& b,
                                         const Shape& y, NodeState& state) = 0;
    virtual IntegerSums convolveIntegers(const ConvolutionParameters& parameters,
                                         const IntegerOperand& x, const IntegerOperand& weights,
                                         const Shape& y, NodeState& state) = 0;
    /// The sums with their offsets, as they lie: int32 y without scales (null), float32 y times
    /// scales (float32, one or one for each column), int8 or uint8 y with a zero point of its type,
    /// rounded and saturated (functors/quantize.h).
    virtual void convertSums(const IntegerSums& sums, const Tensor* scales, const Tensor* zeroPoint,
                             Tensor& y) = 0;

    /// One direction of a recurrent layer over all times.
    virtual void recur(const Recurrence& form, RecurrentTensors& tensors, NodeState& state) = 0;

    /// y has what lies in `regions` (count x 4) of the images `batches` of x, all float32 or
    /// float64, as functors/regions.h says.
    virtual void alignRegions(const RegionForm& form, std::span<const int64_t> batches,
                              const Tensor& x, const Tensor& regions, Tensor& y) = 0;
    /// columns (channels * taps x positions) are what lies under the moved taps of one sample, all
    /// float32 or float64, as functors/deform.h says; the mask may be null.
    virtual void deformColumns(const DeformForm& form, const Tensor& x, const Tensor& offsets,
                               const Tensor* mask, Tensor& columns) = 0;

    /// Waits until all that was asked for is done.
    virtual void synchronize() = 0;

    /// False once the device no longer answers: nothing that it holds can be had any more.
    virtual bool isAlive() const { return true; }

    /// Starts to bring the inputs of a later run to the device while it computes: on any thread,
    /// one call at a time. Null where that is not worth it or there is no room: run() takes
    /// tensors of the host, too.
    virtual std::unique_ptr<SentInputs> send(const std::map<std::string, Tensor>& inputs) {
        static_cast<void>(inputs);
        return nullptr;
    }

    /// The device for functions that read elements: itself, or the CPU beside it.
    virtual Device& host() { return *this; }
    /// Put around work that host() does for this device, with the copies it needs.
    virtual void beginHostWork() {}
    virtual void endHostWork() {}
    virtual HostWork hostWork() const { return {}; }

    /// Null where tensors are observed on the CPU.
    virtual std::unique_ptr<DeviceStatistics> makeStatistics() { return nullptr; }
};

/// Work of the CPU for a device, null for none.
class HostWorkScope {
public:
    explicit HostWorkScope(Device* device) : m_device(device) {
        if (m_device)
            m_device->beginHostWork();
    }
    ~HostWorkScope() {
        if (m_device)
            m_device->endHostWork();
    }
    HostWorkScope(const HostWorkScope&) = delete;
    HostWorkScope& operator=(const HostWorkScope&) = delete;

private:
    Device* m_device;
};

}  // namespace clipscope::runtime
