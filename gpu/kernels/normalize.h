// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Softmax and normalisations: a warp takes a row; sums are in float64, as on the CPU.

#include "analysis/runtime/functors/math.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

namespace math = runtime::functors::math;

/// y = x * scale[c] + shift[c] for planes of `plane` elements, c = plane's number % channels.
struct ScaleShiftKernel {
    static constexpr int kThreads = 256;

    const float* x;
    const float* scale;
    const float* shift;
    float* y;
    int64_t count;
    int64_t plane;
    int64_t channels;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) {
            const int64_t c = i / plane % channels;
            y[i] = x[i] * scale[c] + shift[c];
        });
    }
};

struct WarpSum {
    CLIPSCOPE_HD double operator()(double a, double b) const { return a + b; }
};
struct WarpLargest {
    CLIPSCOPE_HD float operator()(float a, float b) const { return b > a ? b : a; }
};

/// An element of a softmax whose largest and sum of exponentials are known.
class SoftmaxOf {
public:
    CLIPSCOPE_HD SoftmaxOf(float largest, double sum, bool log)
        : m_largest(largest),
          m_logarithm(static_cast<float>(math::log(sum))),
          m_factor(static_cast<float>(1.0 / sum)),
          m_log(log) {}
    CLIPSCOPE_HD float operator()(float x) const {
        const float above = x - m_largest;
        return m_log ? above - m_logarithm : math::exp(above) * m_factor;
    }

private:
    float m_largest;
    float m_logarithm;
    float m_factor;
    bool m_log;
};

/// Rows of `length` neighbours.
struct SoftmaxRowsKernel {
    static constexpr int kThreads = 256;

    const float* x;
    float* y;
    int64_t rows;
    int64_t length;
    bool log;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        typename Block::template PerThread<float> largest(block, 0.0f);
        typename Block::template PerThread<double> sum(block, 0.0);
        forEachRound(block, 0, rows, [&](int64_t first) {
            inWarps(block, first, rows, [&](int64_t row, int lane, int thread) {
                const float* from = x + row * length;
                float most = from[0];
                for (int64_t i = lane; i < length; i += kWarp)
                    most = from[i] > most ? from[i] : most;
                largest[thread] = most;
            });
            block.reduce(largest, WarpLargest());
            inWarps(block, first, rows, [&](int64_t row, int lane, int thread) {
                const float* from = x + row * length;
                double total = 0;
                for (int64_t i = lane; i < length; i += kWarp)
                    total += static_cast<double>(math::exp(from[i] - largest[thread]));
                sum[thread] = total;
            });
            block.reduce(sum, WarpSum());
            inWarps(block, first, rows, [&](int64_t row, int lane, int thread) {
                const SoftmaxOf softmax(largest[thread], sum[thread], log);
                for (int64_t i = lane; i < length; i += kWarp)
                    y[row * length + i] = softmax(x[row * length + i]);
            });
        });
    }
};

/// Along an axis of `length` elements `stride` apart: a thread takes one of them all.
struct SoftmaxColumnsKernel {
    static constexpr int kThreads = 256;

    const float* x;
    float* y;
    int64_t columns;  ///< outer x stride
    int64_t length;
    int64_t stride;
    bool log;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, columns, [&](int64_t column) {
            const int64_t start = column / stride * length * stride + column % stride;
            along(x + start, y + start);
        });
    }

private:
    CLIPSCOPE_HD void along(const float* from, float* to) const {
        float largest = from[0];
        for (int64_t i = 1; i < length; ++i)
            largest = from[i * stride] > largest ? from[i * stride] : largest;
        double sum = 0;
        for (int64_t i = 0; i < length; ++i)
            sum += static_cast<double>(math::exp(from[i * stride] - largest));
        const SoftmaxOf softmax(largest, sum, log);
        for (int64_t i = 0; i < length; ++i)
            to[i * stride] = softmax(from[i * stride]);
    }
};

/// y = (x - mean) / sqrt(variance + epsilon) * scale + bias over rows; scale and bias may be null.
struct LayerNormalizeKernel {
    static constexpr int kThreads = 256;

    const float* x;
    const float* scale;
    const float* bias;
    float* y;
    int64_t rows;
    int64_t length;
    double epsilon;
    bool rms;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        typename Block::template PerThread<double> mean(block, 0.0);
        typename Block::template PerThread<double> squares(block, 0.0);
        forEachRound(block, 0, rows, [&](int64_t first) {
            inWarps(block, first, rows, [&](int64_t row, int lane, int thread) {
                double total = 0;
                if (!rms)
                    for (int64_t i = lane; i < length; i += kWarp)
                        total += static_cast<double>(x[row * length + i]);
                mean[thread] = total;
            });
            block.reduce(mean, WarpSum());
            inWarps(block, first, rows, [&](int64_t row, int lane, int thread) {
                mean[thread] /= static_cast<double>(length);
                double total = 0;
                for (int64_t i = lane; i < length; i += kWarp) {
                    const double d = static_cast<double>(x[row * length + i]) - mean[thread];
                    total += d * d;
                }
                squares[thread] = total;
            });
            block.reduce(squares, WarpSum());
            inWarps(block, first, rows, [&](int64_t row, int lane, int thread) {
                normalizeRow(row, lane, mean[thread], squares[thread]);
            });
        });
    }

private:
    /// The mean as two floats: where it is large against the deviation, one would cost digits.
    CLIPSCOPE_HD void normalizeRow(int64_t row, int lane, double mean, double squares) const {
        const auto high = static_cast<float>(mean);
        const auto low = static_cast<float>(mean - static_cast<double>(high));
        const auto factor =
            static_cast<float>(1.0 / math::sqrt(squares / static_cast<double>(length) + epsilon));
        for (int64_t i = lane; i < length; i += kWarp) {
            float value = (x[row * length + i] - high - low) * factor;
            if (scale)
                value *= scale[i];
            y[row * length + i] = bias ? value + bias[i] : value;
        }
    }
};

}  // namespace clipscope::gpu
