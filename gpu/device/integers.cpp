// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/integers.h"

#include <algorithm>
#include <limits>

#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/cpu/strided_loop.h"
#include "analysis/runtime/integer_sums.h"
#include "gpu/device/matrices.h"
#include "gpu/device/node_state.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {
namespace {

using runtime::ConvolutionParameters;
using runtime::IntegerOperand;
using runtime::IntegerSums;
using runtime::MatmulParameters;

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

uint8_t flipOf(DType type) {
    return type == DType::UInt8 ? 0x80 : 0;
}

/// Of 8-bit integers, with one zero point of their type, or one for each of `lines`.
bool isTaken(const IntegerOperand& operand, int64_t lines) {
    const DType type = operand.values.type();
    const Tensor* zero = operand.zeroPoint;
    return (type == DType::Int8 || type == DType::UInt8) &&
           (!zero ||
            (zero->type() == type && (zero->elementCount() == 1 || zero->elementCount() == lines)));
}

bool areSmall(std::initializer_list<const std::vector<int64_t>*> lists) {
    return std::ranges::all_of(lists, [](const std::vector<int64_t>* list) {
        return std::ranges::all_of(*list, [](int64_t v) { return v <= kMost; });
    });
}

/// The last three axes' values, `neutral` for those that there are not.
void setAxes(int32_t (&to)[3], const std::vector<int64_t>& values, int32_t neutral) {
    std::ranges::fill(to, neutral);
    for (size_t i = 0; i < values.size(); ++i)
        to[3 - values.size() + i] = static_cast<int32_t>(values[i]);
}

std::vector<int64_t> spatial(const Shape& shape) {
    return {shape.begin() + 2, shape.end()};
}

bool isTaken(const ConvolutionParameters& parameters, const IntegerOperand& x,
             const IntegerOperand& weights, const Shape& y) {
    const Shape& w = weights.values.shape();
    const std::vector<int64_t> input = spatial(x.values.shape());
    const std::vector<int64_t> output = spatial(y);
    return w.rank() <= 5 && isTaken(x, 1) && isTaken(weights, w[0]) &&
           w.elementCount(1, w.rank()) <= kMost &&
           areSmall({&input, &output, &parameters.strides, &parameters.dilations,
                     &parameters.padsBegin});
}

/// What a product of the host makes as the device does: row-major, without offsets.
Tensor plainSums(runtime::Device& host, const IntegerSums& sums) {
    Tensor y(DType::Int32, sums.values.shape());
    y.setLayout(sums.values.layout());
    host.convertSums(sums, nullptr, nullptr, y);
    return runtime::toRowMajor(host, y);
}

IntegerOperand onHostAs(const IntegerOperand& operand, const Tensor& values, const Tensor& zero) {
    return {values, operand.zeroPoint ? &zero : nullptr, operand.isConstant};
}

}  // namespace

Tensor GpuDevice::onDevice(const IntegerOperand& operand, Tensor& kept) {
    if (!operand.isConstant || !operand.values.isHost())
        return onDevice(operand.values);
    if (!kept.isDefined())
        kept = onDevice(operand.values);
    return kept;
}

/// The operand's zero points, in the device's memory where a kernel has to read them: `kept` holds
/// them, for the next run, too, if they are constant.
ZeroPoints GpuDevice::zeroPointsOf(const IntegerOperand& operand, Tensor& kept) {
    ZeroPoints zeros;
    zeros.flip = flipOf(operand.values.type());
    if (!operand.zeroPoint) {
        zeros.single = static_cast<int8_t>(zeros.flip);
        return zeros;
    }
    const Tensor& zero = *operand.zeroPoint;
    if (zero.isHost() && zero.elementCount() == 1) {
        zeros.single = static_cast<int8_t>(*dataOf<uint8_t>(zero) ^ zeros.flip);
        return zeros;
    }
    if (!operand.isConstant || !kept.isDefined())
        kept = onDevice(zero);
    zeros.each = dataOf<uint8_t>(kept);
    zeros.lineStep = kept.elementCount() == 1 ? 0 : 1;
    return zeros;
}

IntegerSums GpuDevice::multiplyIntegers(const MatmulParameters& parameters, const IntegerOperand& a,
                                        const IntegerOperand& b, const Shape& y,
                                        runtime::NodeState& state) {
    const Shape& left = a.values.shape();
    const Shape& right = b.values.shape();
    const int64_t rows = y[y.rank() - 2];
    const int64_t columns = y[y.rank() - 1];
    const int64_t inner = left[left.rank() - (parameters.transposeA ? 2 : 1)];
    IntegerSums sums{allocateOnDevice(DType::Int32, y), {}, {.extent = columns}};
    if (!isTaken(a, rows) || !isTaken(b, columns) || inner > kMost) {
        onHost({&a.values, a.zeroPoint, &b.values, b.zeroPoint}, sums.values,
               [&](const std::vector<Tensor>& in, Tensor& out) {
                   out = plainSums(*m_host, m_host->multiplyIntegers(
                                                parameters, onHostAs(a, in[0], in[1]),
                                                onHostAs(b, in[2], in[3]), y, stateOf(state).host));
               });
        return sums;
    }
    if (y.elementCount() == 0)
        return sums;
    GpuNodeState& kept = stateOf(state);
    const Tensor lefts = onDevice(a, kept.left.values);
    const Tensor rights = onDevice(b, kept.right.values);
    IntegerProductKernel<ByteLines> kernel{};
    kernel.left = {dataOf<uint8_t>(lefts),
                   flipOf(lefts.type()),
                   0,
                   parameters.transposeA ? 1 : inner,
                   parameters.transposeA ? rows : 1,
                   zeroPointsOf(a, kept.left.zeroPoints)};
    kernel.right = {dataOf<uint8_t>(rights),
                    flipOf(rights.type()),
                    0,
                    parameters.transposeB ? inner : 1,
                    parameters.transposeB ? 1 : columns,
                    zeroPointsOf(b, kept.right.zeroPoints)};
    kernel.y = dataOf<int32_t>(sums.values);
    kernel.rows = rows;
    kernel.columns = columns;
    kernel.inner = static_cast<uint32_t>(inner);
    kernel.batches = 1;
    kernel.places = {0, columns, columns, 0};
    if (isTall(parameters, left, right) && kernel.left.zeros.lineStep == 0) {
        kernel.rows = y.elementCount() / columns;
        multiply(queue(), kernel);
        return sums;
    }
    forEachRunOfMatrices(left, right, y, [&](const MatrixRun& run) {
        IntegerProductKernel<ByteLines> part = kernel;
        part.left.data += run.a;
        part.right.data += run.b;
        part.y += run.y;
        part.left.batchStep = run.stepA;
        part.right.batchStep = run.stepB;
        part.places.batchStep = run.stepY;
        part.batches = run.count;
        multiply(queue(), part);
    });
    return sums;
}

IntegerSums GpuDevice::convolveIntegers(const ConvolutionParameters& parameters,
                                        const IntegerOperand& x, const IntegerOperand& weights,
                                        const Shape& y, runtime::NodeState& state) {
    const Shape& w = weights.values.shape();
    const int64_t positions = y.elementCount(2, y.rank());
    IntegerSums sums{allocateOnDevice(DType::Int32, y),
                     {},
                     {.extent = y[1], .inner = std::max<int64_t>(1, positions)}};
    if (!isTaken(parameters, x, weights, y)) {
        onHost({&x.values, x.zeroPoint, &weights.values, weights.zeroPoint}, sums.values,
               [&](const std::vector<Tensor>& in, Tensor& out) {
                   out = plainSums(*m_host,
                                   m_host->convolveIntegers(parameters, onHostAs(x, in[0], in[1]),
                                                            onHostAs(weights, in[2], in[3]), y,
                                                            stateOf(state).host));
               });
        return sums;
    }
    if (y.elementCount() == 0)
        return sums;
    GpuNodeState& kept = stateOf(state);
    const Tensor images = onDevice(runtime::toRowMajor(*this, x.values));
    const Tensor filters = onDevice(weights, kept.left.values);
    const int64_t inner = w.elementCount(1, w.rank());
    const int64_t groupRows = w[0] / parameters.groups;
    IntegerProductKernel<Patches> kernel{};
    kernel.left = {dataOf<uint8_t>(filters),
                   flipOf(filters.type()),
                   groupRows * inner,
                   inner,
                   1,
                   zeroPointsOf(weights, kept.left.zeroPoints)};
    Patches& patches = kernel.right;
    patches.data = dataOf<uint8_t>(images);
    patches.flip = flipOf(images.type());
    patches.channels = images.shape()[1];
    patches.groupChannels = w[1];
    setAxes(patches.extents, spatial(images.shape()), 1);
    setAxes(patches.kernel, spatial(w), 1);
    setAxes(patches.strides, parameters.strides, 1);
    setAxes(patches.dilations, parameters.dilations, 1);
    setAxes(patches.pads, parameters.padsBegin, 0);
    setAxes(patches.outputs, spatial(y), 1);
    patches.zeros = zeroPointsOf(x, kept.right.zeroPoints);
    kernel.y = dataOf<int32_t>(sums.values);
    kernel.batches = parameters.groups;
    kernel.rows = groupRows;
    kernel.columns = y[0] * positions;
    kernel.inner = static_cast<uint32_t>(inner);
    kernel.leftZeros = groupRows;
    kernel.places = {groupRows * positions, positions, positions, y[1] * positions};
    multiply(queue(), kernel);
    return sums;
}

void GpuDevice::convertSums(const IntegerSums& sums, const Tensor* scales, const Tensor* zeroPoint,
                            Tensor& y) {
    if (y.elementCount() == 0)
        return;
    const Tensor values = onDevice(sums.values);
    const Tensor offset = sums.offsets.isDefined() ? onDevice(sums.offsets) : Tensor();
    const Tensor scale = scales ? onDevice(*scales) : Tensor();
    ConvertSumsKernel<int32_t> form{};
    form.sums = dataOf<int32_t>(values);
    if (offset.isDefined())
        form.offsets = {dataOf<int32_t>(offset), offset.elementCount() == 1};
    if (scale.isDefined())
        form.scales = {dataOf<float>(scale), scale.elementCount() == 1};
    if (zeroPoint)
        form.zero = static_cast<float>(toInt64s(toHost(*zeroPoint))[0]);
    form.count = y.elementCount();
    form.columns = sums.columns;
    DeviceOutput to(*this, y);
    gpu::convertSums(queue(), y.type(), to.tensor().mutableBytes(), form);
    to.finish();
}

}  // namespace clipscope::gpu
