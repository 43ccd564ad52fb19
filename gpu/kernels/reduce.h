// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Reductions of float32 over any axes. What a rule does to elements: value(x) goes into an
/// accumulator, combine() joins two, finish() makes the result of `count` elements. Sums are in
/// float64, as on the CPU.

#include "analysis/runtime/functors/math.h"
#include "gpu/kernels/loops.h"
#include "gpu/kernels/strided.h"

namespace clipscope::gpu {

namespace rules {

struct Sum {
    CLIPSCOPE_HD static double start() { return 0; }
    CLIPSCOPE_HD static double value(float x) { return static_cast<double>(x); }
    CLIPSCOPE_HD static double combine(double a, double b) { return a + b; }
    CLIPSCOPE_HD static float finish(double a, int64_t) { return static_cast<float>(a); }
};
struct Mean : Sum {
    CLIPSCOPE_HD static float finish(double a, int64_t count) {
        return static_cast<float>(a / static_cast<double>(count));
    }
};
struct L1 : Sum {
    CLIPSCOPE_HD static double value(float x) {
        return runtime::functors::math::fabs(static_cast<double>(x));
    }
};
struct SumSquare : Sum {
    CLIPSCOPE_HD static double value(float x) {
        return static_cast<double>(x) * static_cast<double>(x);
    }
};
struct L2 : SumSquare {
    CLIPSCOPE_HD static float finish(double a, int64_t) {
        return static_cast<float>(runtime::functors::math::sqrt(a));
    }
};
struct LogSum : Sum {
    CLIPSCOPE_HD static float finish(double a, int64_t) {
        return static_cast<float>(runtime::functors::math::log(a));
    }
};
struct Product : Sum {
    CLIPSCOPE_HD static double start() { return 1; }
    CLIPSCOPE_HD static double combine(double a, double b) { return a * b; }
};
/// NaN stays, as in numpy.
struct Maximum : Sum {
    CLIPSCOPE_HD static double start() { return -HUGE_VAL; }
    CLIPSCOPE_HD static double combine(double a, double b) { return b > a || b != b ? b : a; }
};
struct Minimum : Sum {
    CLIPSCOPE_HD static double start() { return HUGE_VAL; }
    CLIPSCOPE_HD static double combine(double a, double b) { return b < a || b != b ? b : a; }
};

}  // namespace rules

/// Where the elements of output o lie: kept.offsets(o) + reduced.offsets(r).
struct ReduceViews {
    Strided<1> kept;
    Strided<1> reduced;
};

/// A warp takes an output, or one of `parts` of it: then partial[o * parts + p] takes its
/// accumulator, else y[o] the result. For reduced neighbours.
template <typename Rule>
struct ReduceRowsKernel {
    static constexpr int kThreads = 256;

    const float* x;
    float* y;
    double* partial;  ///< null: nothing but results
    ReduceViews views;
    int64_t parts;
    int64_t part;  ///< elements of a part, at most

    struct Combine {
        CLIPSCOPE_HD double operator()(double a, double b) const { return Rule::combine(a, b); }
    };

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        typename Block::template PerThread<double> totals(block, 0.0);
        const int64_t units = views.kept.count * parts;
        forEachRound(block, 0, units, [&](int64_t first) {
            inWarps(block, first, units, [&](int64_t unit, int lane, int thread) {
                totals[thread] = total(unit, lane);
            });
            block.reduce(totals, Combine());
            inWarps(block, first, units, [&](int64_t unit, int lane, int thread) {
                if (lane != 0)
                    return;
                if (partial)
                    partial[unit] = totals[thread];
                else
                    y[unit] = Rule::finish(totals[thread], views.reduced.count);
            });
        });
    }

private:
    CLIPSCOPE_HD double total(int64_t unit, int lane) const {
        int64_t start[1];
        views.kept.offsets(unit / parts, start);
        const int64_t begin = unit % parts * part;
        const int64_t end = begin + part < views.reduced.count ? begin + part : views.reduced.count;
        double sum = Rule::start();
        for (int64_t r = begin + lane; r < end; r += kWarp) {
            int64_t at[1];
            views.reduced.offsets(r, at);
            sum = Rule::combine(sum, Rule::value(x[start[0] + at[0]]));
        }
        return sum;
    }
};

/// y[o] from the parts of it.
template <typename Rule>
struct ReducePartsKernel {
    static constexpr int kThreads = 256;

    const double* partial;
    float* y;
    int64_t outputs;
    int64_t parts;
    int64_t count;  ///< elements of an output

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, outputs, [&](int64_t o) {
            double sum = Rule::start();
            for (int64_t p = 0; p < parts; ++p)
                sum = Rule::combine(sum, partial[o * parts + p]);
            y[o] = Rule::finish(sum, count);
        });
    }
};

/// A thread takes an output. For kept neighbours.
template <typename Rule>
struct ReduceColumnsKernel {
    static constexpr int kThreads = 256;

    const float* x;
    float* y;
    ReduceViews views;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, views.kept.count, [&](int64_t o) {
            int64_t start[1];
            views.kept.offsets(o, start);
            double sum = Rule::start();
            for (int64_t r = 0; r < views.reduced.count; ++r) {
                int64_t at[1];
                views.reduced.offsets(r, at);
                sum = Rule::combine(sum, Rule::value(x[start[0] + at[0]]));
            }
            y[o] = Rule::finish(sum, views.reduced.count);
        });
    }
};

}  // namespace clipscope::gpu
