// SPDX-License-Identifier: Apache-2.0
// Convolutions and matrix products of the CPU by their definitions, in float64: in place of oneDNN
// in executables that are taken to a machine with a GPU, where they are the reference.
#include <algorithm>

#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/int8_products.h"
#include "analysis/runtime/cpu/plain_matmul.h"
#include "analysis/runtime/cpu/require_float32.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// Where output position `to` meets input position `from` of the forward convolution: for each
/// spatial index and tap; -1 outside.
int64_t reached(const ConvolutionParameters& parameters, const Shape& kernel, const Shape& input,
                const Shape& output, int64_t at, int64_t tap) {
    int64_t offset = 0;
    int64_t step = 1;
    for (size_t axis = kernel.rank(); axis-- > 2;) {
        const int64_t position = at % output[axis] * parameters.strides[axis - 2] -
                                 parameters.padsBegin[axis - 2] +
                                 tap % kernel[axis] * parameters.dilations[axis - 2];
        if (position < 0 || position >= input[axis])
            return -1;
        offset += position * step;
        step *= input[axis];
        at /= output[axis];
        tap /= kernel[axis];
    }
    return offset;
}

/// One image and one pair of channels: adds to `sums`, which is y's plane.
struct Planes {
    const ConvolutionParameters& parameters;
    const Shape& kernel;
    const Shape& input;   ///< of the forward convolution, which a transposed one reverses
    const Shape& output;  ///< likewise

    void accumulate(const float* x, const float* weights, double* sums) const {
        const int64_t taps = kernel.elementCount(2, kernel.rank());
        const int64_t positions = output.elementCount(2, output.rank());
        for (int64_t at = 0; at < positions; ++at)
            for (int64_t tap = 0; tap < taps; ++tap) {
                const int64_t inside = reached(parameters, kernel, input, output, at, tap);
                if (inside < 0)
                    continue;
                const auto w = static_cast<double>(weights[tap]);
                if (parameters.transposed)
                    sums[inside] += w * static_cast<double>(x[at]);
                else
                    sums[at] += w * static_cast<double>(x[inside]);
            }
    }
};

/// The operand's offset for the matrix `batch` of y, whose batch axes it broadcasts to.
int64_t matrixOffset(const Shape& operand, const Shape& y, int64_t batch) {
    const std::vector<int64_t> strides = operand.strides();
    int64_t offset = 0;
    for (size_t back = 3; back <= y.rank(); ++back) {
        const int64_t index = batch % y[y.rank() - back];
        batch /= y[y.rank() - back];
        if (back <= operand.rank() && operand[operand.rank() - back] != 1)
            offset += index * strides[operand.rank() - back];
    }
    return offset;
}

double product(const float* a, int64_t stepA, const float* b, int64_t stepB, int64_t count) {
    double sum = 0;
    for (int64_t k = 0; k < count; ++k)
        sum += static_cast<double>(a[k * stepA]) * static_cast<double>(b[k * stepB]);
    return sum;
}

/// The bias, or null, as it broadcasts to an element of y.
double biasAt(const Tensor* bias, const std::vector<int64_t>& strides, const Shape& y,
              int64_t index) {
    if (!bias)
        return 0;
    int64_t offset = 0;
    for (size_t axis = y.rank(); axis-- > 0;) {
        offset += index % y[axis] * strides[axis];
        index /= y[axis];
    }
    return static_cast<double>(bias->values<float>()[static_cast<size_t>(offset)]);
}

}  // namespace

Layout CpuDevice::convolutionLayout(const ConvolutionParameters&, const Shape&) const {
    return Layout::RowMajor;
}

void CpuDevice::convolve(const ConvolutionParameters& parameters, const Tensor& x,
                         const Tensor& weights, const Tensor* bias, Tensor& y, NodeState&) {
    requireFloat32("convolution", {&x, &weights, bias});
    const Shape& kernel = weights.shape();
    const Planes planes{parameters, kernel, parameters.transposed ? y.shape() : x.shape(),
                        parameters.transposed ? x.shape() : y.shape()};
    const int64_t taps = kernel.elementCount(2, kernel.rank());
    const int64_t inPlane = x.shape().elementCount(2, x.rank());
    const int64_t outPlane = y.shape().elementCount(2, y.rank());
    const int64_t inputs = x.shape()[1];
    const int64_t outputs = y.shape()[1];
    const int64_t inGroup = inputs / parameters.groups;
    const int64_t outGroup = outputs / parameters.groups;
    std::vector<double> sums(static_cast<size_t>(outPlane));
    for (int64_t plane = 0; plane < x.shape()[0] * outputs; ++plane) {
        const int64_t o = plane % outputs;
        const double start =
            bias ? static_cast<double>(bias->values<float>()[static_cast<size_t>(o)]) : 0;
        std::ranges::fill(sums, start);
        for (int64_t i = 0; i < inGroup; ++i) {
            const int64_t channel = o / outGroup * inGroup + i;
            const int64_t matrix =
                parameters.transposed ? channel * outGroup + o % outGroup : o * inGroup + i;
            planes.accumulate(
                x.values<float>().data() + (plane / outputs * inputs + channel) * inPlane,
                weights.values<float>().data() + matrix * taps, sums.data());
        }
        std::ranges::transform(sums, y.mutableValues<float>().data() + plane * outPlane,
                               [](double sum) { return static_cast<float>(sum); });
    }
}

void CpuDevice::matmul(const MatmulParameters& parameters, const Tensor& a, const Tensor& b,
                       const Tensor* bias, Tensor& y, NodeState&) {
    if (plainMatmul(parameters, a, b, bias, y))
        return;
    requireFloat32("matrix product", {&a, &b, bias});
    if (y.elementCount() == 0)
        return;
    const int64_t rows = y.shape()[y.rank() - 2];
    const int64_t columns = y.shape()[y.rank() - 1];
    const int64_t inner = a.shape()[a.rank() - (parameters.transposeA ? 2 : 1)];
    const std::vector<int64_t> biasStrides =
        bias ? broadcastStrides(bias->shape(), y.shape()) : std::vector<int64_t>();
    const float* left = a.values<float>().data();
    const float* right = b.values<float>().data();
    for (int64_t i = 0; i < y.elementCount(); ++i) {
        const int64_t column = i % columns;
        const int64_t row = i / columns % rows;
        const int64_t batch = i / columns / rows;
        const float* x = left + matrixOffset(a.shape(), y.shape(), batch) +
                         row * (parameters.transposeA ? 1 : inner);
        const float* w = right + matrixOffset(b.shape(), y.shape(), batch) +
                         column * (parameters.transposeB ? inner : 1);
        const double sum = product(x, parameters.transposeA ? rows : 1, w,
                                   parameters.transposeB ? 1 : columns, inner);
        y.mutableValues<float>()[static_cast<size_t>(i)] = static_cast<float>(
            static_cast<double>(parameters.alpha) * sum +
            static_cast<double>(parameters.beta) * biasAt(bias, biasStrides, y.shape(), i));
    }
}

// Operators have exact loops of their own where these say no.

bool multipliesInt8() {
    return false;
}

bool convolveInt8(const ConvolutionParameters&, const Tensor&, const Tensor&, Tensor&, NodeState&) {
    return false;
}

bool multiplyInt8(const MatmulParameters&, const Tensor&, const Tensor&, Tensor&, NodeState&) {
    return false;
}

}  // namespace clipscope::runtime
