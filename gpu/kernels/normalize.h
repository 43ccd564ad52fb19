// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Softmax and normalisations: a warp takes a row; sums are in float64, as on the CPU.

#include "analysis/runtime/functors/math.h"
#include "gpu/block.h"

namespace clipscope::gpu {

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
    CLIPSCOPE_KERNEL void operator()(Block& block) const {
        block.alone([&](int thread) {
            for (int64_t i = block.index() * block.size() + thread; i < count;
                 i += block.count() * block.size()) {
                const int64_t c = i / plane % channels;
                y[i] = x[i] * scale[c] + shift[c];
            }
        });
    }
};

struct WarpSum {
    CLIPSCOPE_KERNEL double operator()(double a, double b) const { return a + b; }
};
struct WarpLargest {
    CLIPSCOPE_KERNEL float operator()(float a, float b) const { return b > a ? b : a; }
};

/// Rows of `length` neighbours. Kernels of whole rows go through them a warp each, all warps of a
/// block equally often: row(thread) of one that has none left is `rows`.
struct SoftmaxRowsKernel {
    static constexpr int kThreads = 256;

    const float* x;
    float* y;
    int64_t rows;
    int64_t length;
    bool log;

    template <typename Block>
    CLIPSCOPE_KERNEL void operator()(Block& block) const {
        typename Block::template PerThread<float> largest(block, 0.0f);
        typename Block::template PerThread<double> sum(block, 0.0);
        const int64_t warps = block.size() / kWarp;
        for (int64_t first = block.index() * warps; first < rows; first += block.count() * warps) {
            block.alone([&](int thread) {
                const int64_t row = first + thread / kWarp;
                if (row >= rows)
                    return;
                const float* from = x + row * length;
                float most = from[0];
                for (int64_t i = thread % kWarp; i < length; i += kWarp)
                    most = from[i] > most ? from[i] : most;
                largest[thread] = most;
            });
            block.reduce(largest, WarpLargest());
            block.alone([&](int thread) {
                const int64_t row = first + thread / kWarp;
                double total = 0;
                if (row < rows)
                    for (int64_t i = thread % kWarp; i < length; i += kWarp)
                        total += static_cast<double>(
                            runtime::functors::math::exp(x[row * length + i] - largest[thread]));
                sum[thread] = total;
            });
            block.reduce(sum, WarpSum());
            block.alone([&](int thread) {
                const int64_t row = first + thread / kWarp;
                if (row >= rows)
                    return;
                const float logarithm =
                    static_cast<float>(runtime::functors::math::log(sum[thread]));
                const float factor = static_cast<float>(1.0 / sum[thread]);
                for (int64_t i = thread % kWarp; i < length; i += kWarp) {
                    const float above = x[row * length + i] - largest[thread];
                    y[row * length + i] =
                        log ? above - logarithm : runtime::functors::math::exp(above) * factor;
                }
            });
        }
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
    CLIPSCOPE_KERNEL void operator()(Block& block) const {
        block.alone([&](int thread) {
            for (int64_t column = block.index() * block.size() + thread; column < columns;
                 column += block.count() * block.size()) {
                const int64_t start = column / stride * length * stride + column % stride;
                softmax(x + start, y + start);
            }
        });
    }

private:
    CLIPSCOPE_KERNEL void softmax(const float* from, float* to) const {
        float largest = from[0];
        for (int64_t i = 1; i < length; ++i)
            largest = from[i * stride] > largest ? from[i * stride] : largest;
        double sum = 0;
        for (int64_t i = 0; i < length; ++i)
            sum += static_cast<double>(runtime::functors::math::exp(from[i * stride] - largest));
        const float logarithm = static_cast<float>(runtime::functors::math::log(sum));
        const float factor = static_cast<float>(1.0 / sum);
        for (int64_t i = 0; i < length; ++i) {
            const float above = from[i * stride] - largest;
            to[i * stride] = log ? above - logarithm : runtime::functors::math::exp(above) * factor;
        }
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
    CLIPSCOPE_KERNEL void operator()(Block& block) const {
        typename Block::template PerThread<double> mean(block, 0.0);
        typename Block::template PerThread<double> squares(block, 0.0);
        const int64_t warps = block.size() / kWarp;
        for (int64_t first = block.index() * warps; first < rows; first += block.count() * warps) {
            block.alone([&](int thread) {
                const int64_t row = first + thread / kWarp;
                double total = 0;
                if (row < rows && !rms)
                    for (int64_t i = thread % kWarp; i < length; i += kWarp)
                        total += static_cast<double>(x[row * length + i]);
                mean[thread] = total;
            });
            block.reduce(mean, WarpSum());
            block.alone([&](int thread) {
                const int64_t row = first + thread / kWarp;
                mean[thread] /= static_cast<double>(length);
                double total = 0;
                if (row < rows)
                    for (int64_t i = thread % kWarp; i < length; i += kWarp) {
                        const double d = static_cast<double>(x[row * length + i]) - mean[thread];
                        total += d * d;
                    }
                squares[thread] = total;
            });
            block.reduce(squares, WarpSum());
            block.alone([&](int thread) {
                const int64_t row = first + thread / kWarp;
                if (row < rows)
                    normalizeRow(row, thread % kWarp, mean[thread], squares[thread]);
            });
        }
    }

private:
    /// The mean as two floats: where it is large against the deviation, one would cost digits.
    CLIPSCOPE_KERNEL void normalizeRow(int64_t row, int lane, double mean, double squares) const {
        const auto high = static_cast<float>(mean);
        const auto low = static_cast<float>(mean - static_cast<double>(high));
        const auto factor = static_cast<float>(
            1.0 / runtime::functors::math::sqrt(squares / static_cast<double>(length) + epsilon));
        for (int64_t i = lane; i < length; i += kWarp) {
            float value = (x[row * length + i] - high - low) * factor;
            if (scale)
                value *= scale[i];
            y[row * length + i] = bias ? value + bias[i] : value;
        }
    }
};

}  // namespace clipscope::gpu
