// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/require_float32.h"
#include "analysis/runtime/cpu/vector_math.h"
#include "analysis/runtime/cpu/vectorize.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 1 << 14;  // elements that are worth a thread

int64_t grainOf(int64_t length) {
    return std::max<int64_t>(1, kGrain / std::max<int64_t>(1, length));
}

CLIPSCOPE_VECTORIZED
void scaleShiftPlane(const float* x, int64_t count, float scale, float shift, float* y) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = x[i] * scale + shift;
}

CLIPSCOPE_VECTORIZED
void scaleShiftRow(const float* x, int64_t channels, const float* scale, const float* shift,
                   float* y) {
    for (int64_t c = 0; c < channels; ++c)
        y[c] = x[c] * scale[c] + shift[c];
}

struct Moments {
    double mean;
    double inverseDeviation;
};

CLIPSCOPE_VECTORIZED
Moments momentsOf(const float* x, int64_t count, double epsilon, bool rms) {
    const auto n = static_cast<double>(count);
    double mean = 0;
    if (!rms)
        mean =
            sumInLanes(count, [x](int64_t i)
                                  CLIPSCOPE_INLINE_LAMBDA { return static_cast<double>(x[i]); }) /
            n;
    const double squares = sumInLanes(count, [x, mean](int64_t i) CLIPSCOPE_INLINE_LAMBDA {
        const double d = static_cast<double>(x[i]) - mean;
        return d * d;
    });
    return {mean, 1.0 / std::sqrt(squares / n + epsilon)};
}

/// The mean as two floats: where it is large against the deviation, one would cost digits.
CLIPSCOPE_VECTORIZED
void normalizeRow(const float* x, int64_t count, Moments moments, const float* scale,
                  const float* bias, float* y) {
    const auto high = static_cast<float>(moments.mean);
    const auto low = static_cast<float>(moments.mean - static_cast<double>(high));
    const auto factor = static_cast<float>(moments.inverseDeviation);
    if (scale && bias)
        for (int64_t i = 0; i < count; ++i)
            y[i] = (x[i] - high - low) * factor * scale[i] + bias[i];
    else if (scale)
        for (int64_t i = 0; i < count; ++i)
            y[i] = (x[i] - high - low) * factor * scale[i];
    else
        for (int64_t i = 0; i < count; ++i)
            y[i] = (x[i] - high - low) * factor + (bias ? bias[i] : 0);
}

CLIPSCOPE_INLINE float larger(float a, float b) {
    return b > a ? b : a;
}

CLIPSCOPE_VECTORIZED
void softmaxRow(const float* x, int64_t count, bool log, float* y) {
    const float largest = inLanes(
        count, x[0], [x](int64_t i) CLIPSCOPE_INLINE_LAMBDA { return x[i]; },
        [](float a, float b) CLIPSCOPE_INLINE_LAMBDA { return larger(a, b); });
    for (int64_t i = 0; i < count; ++i)
        y[i] = fast::exp(x[i] - largest);
    const double sum = sumInLanes(
        count, [y](int64_t i) CLIPSCOPE_INLINE_LAMBDA { return static_cast<double>(y[i]); });
    if (log) {
        const auto logarithm = static_cast<float>(std::log(sum));
        for (int64_t i = 0; i < count; ++i)
            y[i] = x[i] - largest - logarithm;
    } else {
        const auto factor = static_cast<float>(1.0 / sum);
        for (int64_t i = 0; i < count; ++i)
            y[i] *= factor;
    }
}

constexpr int64_t kColumns = 128;  // softmax columns side by side

/// The softmax of up to kColumns columns of `count` elements, `stride` apart.
CLIPSCOPE_VECTORIZED
void softmaxColumns(const float* x, int64_t count, int64_t stride, int64_t columns, bool log,
                    float* y) {
    float largest[kColumns];
    float result[kColumns];
    double sum[kColumns] = {};
    std::copy_n(x, columns, largest);
    for (int64_t i = 1; i < count; ++i)
        for (int64_t c = 0; c < columns; ++c)
            largest[c] = larger(largest[c], x[i * stride + c]);
    for (int64_t i = 0; i < count; ++i)
        for (int64_t c = 0; c < columns; ++c) {
            const float e = fast::exp(x[i * stride + c] - largest[c]);
            y[i * stride + c] = e;
            sum[c] += static_cast<double>(e);
        }
    for (int64_t c = 0; c < columns; ++c)
        result[c] = static_cast<float>(log ? std::log(sum[c]) : 1.0 / sum[c]);
    for (int64_t i = 0; i < count; ++i)
        for (int64_t c = 0; c < columns; ++c)
            y[i * stride + c] =
                log ? x[i * stride + c] - largest[c] - result[c] : y[i * stride + c] * result[c];
}

}  // namespace

void CpuDevice::scaleShift(const Tensor& x, const Tensor& scale, const Tensor& shift, Tensor& y) {
    requireFloat32("scale and shift", {&x, &scale, &shift});
    const int64_t channels = x.shape()[1];
    const int64_t plane = x.shape().elementCount(2, x.rank());
    const float* from = x.values<float>().data();
    const auto scales = scale.values<float>();
    const auto shifts = shift.values<float>();
    float* to = y.mutableValues<float>().data();
    if (plane == 1) {
        parallelFor(x.shape()[0], grainOf(channels), [&](int64_t begin, int64_t end, int) {
            for (int64_t n = begin; n < end; ++n)
                scaleShiftRow(from + n * channels, channels, scales.data(), shifts.data(),
                              to + n * channels);
        });
        return;
    }
    parallelFor(x.shape()[0] * channels, grainOf(plane), [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const auto c = static_cast<size_t>(i % channels);
            scaleShiftPlane(from + i * plane, plane, scales[c], shifts[c], to + i * plane);
        }
    });
}

void CpuDevice::layerNormalize(const Tensor& x, size_t axis, float epsilon, bool rms,
                               const Tensor* scale, const Tensor* bias, Tensor& y) {
    requireFloat32("layer normalization", {&x, scale, bias});
    const int64_t length = x.shape().elementCount(axis, x.rank());
    const float* from = x.values<float>().data();
    const float* scales = scale ? scale->values<float>().data() : nullptr;
    const float* biases = bias ? bias->values<float>().data() : nullptr;
    float* to = y.mutableValues<float>().data();
    const int64_t rows = x.shape().elementCount(0, axis);
    parallelFor(rows, grainOf(length), [&](int64_t begin, int64_t end, int) {
        for (int64_t row = begin; row < end; ++row) {
            const Moments moments =
                momentsOf(from + row * length, length, static_cast<double>(epsilon), rms);
            normalizeRow(from + row * length, length, moments, scales, biases, to + row * length);
        }
    });
}

void CpuDevice::softmax(const Tensor& x, size_t axis, bool log, Tensor& y) {
    requireFloat32("softmax", {&x});
    if (x.elementCount() == 0)
        return;
    const int64_t length = x.shape()[axis];
    const int64_t stride = x.shape().elementCount(axis + 1, x.rank());
    const int64_t outer = x.shape().elementCount(0, axis);
    const float* from = x.values<float>().data();
    float* to = y.mutableValues<float>().data();
    if (stride == 1) {
        parallelFor(outer, grainOf(length), [&](int64_t begin, int64_t end, int) {
            for (int64_t row = begin; row < end; ++row)
                softmaxRow(from + row * length, length, log, to + row * length);
        });
        return;
    }
    const int64_t blocks = (stride + kColumns - 1) / kColumns;
    parallelFor(outer * blocks, grainOf(length * kColumns), [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t first = i % blocks * kColumns;
            const int64_t offset = i / blocks * length * stride + first;
            softmaxColumns(from + offset, length, stride, std::min(kColumns, stride - first), log,
                           to + offset);
        }
    });
}

}  // namespace clipscope::runtime
