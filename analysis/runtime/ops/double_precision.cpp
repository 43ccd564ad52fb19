// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/double_precision.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 4096;

int64_t grainOf(int64_t work) {
    return 1 + kGrain / std::max<int64_t>(1, work);
}

/// A spatial axis of a convolution; those that the tensors lack have one element.
struct Axis {
    int64_t input = 1, output = 1, kernel = 1;
    int64_t stride = 1, dilation = 1, pad = 0;

    /// The input that tap `k` of output `o` reads; -1: none.
    int64_t read(int64_t o, int64_t k, bool transposed) const {
        int64_t i = transposed ? o + pad - k * dilation : o * stride - pad + k * dilation;
        if (transposed) {
            if (i < 0 || i % stride != 0)
                return -1;
            i /= stride;
        }
        return i < input ? i : -1;
    }
};

std::array<Axis, 3> axesOf(const ConvolutionParameters& parameters, const Shape& x,
                           const Shape& weights, const Shape& y) {
    std::array<Axis, 3> axes;
    const size_t count = x.rank() - 2;
    for (size_t i = 0; i < count; ++i)
        axes[3 - count + i] = {x[2 + i],
                               y[2 + i],
                               weights[2 + i],
                               parameters.strides[i],
                               parameters.dilations[i],
                               parameters.padsBegin[i]};
    return axes;
}

/// The sum over the taps of an output position of a channel's plane.
double tapsOf(const std::array<Axis, 3>& axes, const std::array<int64_t, 3>& at, bool transposed,
              const double* x, const double* weights) {
    double sum = 0;
    for (int64_t a = 0; a < axes[0].kernel; ++a) {
        const int64_t d = axes[0].read(at[0], a, transposed);
        for (int64_t b = 0; d >= 0 && b < axes[1].kernel; ++b) {
            const int64_t h = axes[1].read(at[1], b, transposed);
            for (int64_t c = 0; h >= 0 && c < axes[2].kernel; ++c) {
                const int64_t w = axes[2].read(at[2], c, transposed);
                if (w >= 0)
                    sum += x[(d * axes[1].input + h) * axes[2].input + w] *
                           weights[(a * axes[1].kernel + b) * axes[2].kernel + c];
            }
        }
    }
    return sum;
}

}  // namespace

Tensor softmaxInDouble(const Tensor& x, size_t axis, bool log) {
    Tensor y(DType::Float64, x.shape());
    if (x.elementCount() == 0)
        return y;
    const int64_t length = x.shape()[axis];
    const int64_t stride = x.shape().elementCount(axis + 1, x.rank());
    const double* from = x.values<double>().data();
    double* to = y.mutableValues<double>().data();
    parallelFor(x.elementCount() / length, grainOf(length), [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t first = i / stride * length * stride + i % stride;
            double largest = from[first];
            for (int64_t k = 1; k < length; ++k)
                largest = std::max(largest, from[first + k * stride]);
            double sum = 0;
            for (int64_t k = 0; k < length; ++k)
                sum += std::exp(from[first + k * stride] - largest);
            for (int64_t k = 0; k < length; ++k) {
                const double value = from[first + k * stride] - largest;
                to[first + k * stride] = log ? value - std::log(sum) : std::exp(value) / sum;
            }
        }
    });
    return y;
}

Tensor layerNormalizedInDouble(const Tensor& x, size_t axis, double epsilon, bool rms,
                               const Tensor* scale, const Tensor* bias) {
    Tensor y(DType::Float64, x.shape());
    const int64_t length = x.shape().elementCount(axis, x.rank());
    const double* from = x.values<double>().data();
    const double* scales = scale ? scale->values<double>().data() : nullptr;
    const double* biases = bias ? bias->values<double>().data() : nullptr;
    double* to = y.mutableValues<double>().data();
    const auto count = static_cast<double>(length);
    parallelFor(
        x.shape().elementCount(0, axis), grainOf(length), [&](int64_t begin, int64_t end, int) {
            for (int64_t row = begin; row < end; ++row) {
                const double* own = from + row * length;
                double mean = 0;
                for (int64_t i = 0; i < length && !rms; ++i)
                    mean += own[i] / count;
                double variance = 0;
                for (int64_t i = 0; i < length; ++i)
                    variance += (own[i] - mean) * (own[i] - mean) / count;
                const double deviation = std::sqrt(variance + epsilon);
                for (int64_t i = 0; i < length; ++i)
                    to[row * length + i] = (own[i] - mean) / deviation * (scales ? scales[i] : 1) +
                                           (biases ? biases[i] : 0);
            }
        });
    return y;
}

Tensor scaledInDouble(const Tensor& x, const Tensor& scale, const Tensor& shift) {
    Tensor y(DType::Float64, x.shape());
    const int64_t channels = x.shape()[1];
    const int64_t plane = x.shape().elementCount(2, x.rank());
    const double* from = x.values<double>().data();
    const auto scales = scale.values<double>();
    const auto shifts = shift.values<double>();
    double* to = y.mutableValues<double>().data();
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const auto c = static_cast<size_t>(i / plane % channels);
            to[i] = from[i] * scales[c] + shifts[c];
        }
    });
    return y;
}

Tensor convolvedInDouble(const ConvolutionParameters& parameters, const Tensor& x,
                         const Tensor& weights, const Tensor* bias, const Shape& y) {
    if (x.rank() > 5 || weights.type() != DType::Float64 ||
        (bias && bias->type() != DType::Float64))
        throw Error(ErrorCode::Unsupported,
                    fmt::format("a convolution of {} with {} is not supported", x.toString(),
                                weights.toString()));
    const std::array<Axis, 3> axes = axesOf(parameters, x.shape(), weights.shape(), y);
    const int64_t groups = parameters.groups;
    const int64_t inputs = x.shape()[1] / groups;  // channels of a group
    const int64_t outputs = y[1] / groups;
    const int64_t plane = x.shape().elementCount(2, x.rank());
    const int64_t positions = y.elementCount(2, y.rank());
    const int64_t taps = weights.shape().elementCount(2, weights.rank());
    const double* from = x.values<double>().data();
    const double* w = weights.values<double>().data();
    Tensor result(DType::Float64, y);
    double* to = result.mutableValues<double>().data();
    parallelFor(y.elementCount(), grainOf(inputs * taps), [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t at = i % positions;
            const int64_t o = i / positions % y[1];
            const int64_t batch = i / positions / y[1];
            const int64_t group = o / outputs;
            const std::array<int64_t, 3> index = {at / (axes[1].output * axes[2].output),
                                                  at / axes[2].output % axes[1].output,
                                                  at % axes[2].output};
            double sum = bias ? bias->values<double>()[static_cast<size_t>(o)] : 0;
            for (int64_t c = 0; c < inputs; ++c) {
                const int64_t channel = group * inputs + c;
                const int64_t kernel =
                    parameters.transposed ? channel * outputs + o % outputs : o * inputs + c;
                sum += tapsOf(axes, index, parameters.transposed,
                              from + (batch * x.shape()[1] + channel) * plane, w + kernel * taps);
            }
            to[i] = sum;
        }
    });
    return result;
}

}  // namespace clipscope::runtime
