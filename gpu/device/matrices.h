// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/cpu/strided_loop.h"
#include "analysis/runtime/device.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::gpu {

/// Matrices of a product, equal distances apart, counted in elements.
struct MatrixRun {
    int64_t count;
    int64_t a, b, y;  ///< the first ones
    int64_t stepA, stepB, stepY;
};

/// Strides over y's batch axes, counted in elements.
inline std::vector<int64_t> batchStrides(const Shape& operand, const Shape& y) {
    std::vector<int64_t> strides =
        runtime::broadcastStrides(Shape(std::vector<int64_t>(operand.begin(), operand.end() - 2)),
                                  Shape(std::vector<int64_t>(y.begin(), y.end() - 2)));
    const int64_t matrix = operand.elementCount(operand.rank() - 2, operand.rank());
    for (int64_t& stride : strides)
        stride *= matrix;
    return strides;
}

/// One matrix b for all of a: a single tall product.
inline bool isTall(const runtime::MatmulParameters& parameters, const Shape& a, const Shape& b) {
    return b.elementCount(0, b.rank() - 2) == 1 && !parameters.transposeA && a.rank() > 2;
}

/// work(run) for the matrices of a and b that broadcast to those of y.
template <typename Work>
void forEachRunOfMatrices(const Shape& a, const Shape& b, const Shape& y, const Work& work) {
    const runtime::StridedLoop<3> loop(
        Shape(std::vector<int64_t>(y.begin(), y.end() - 2)),
        {batchStrides(a, y), batchStrides(b, y), batchStrides(y, y)});
    const auto& steps = loop.runSteps();
    loop.run(0, loop.count(), [&](int64_t count, const auto& at) {
        work(MatrixRun{count, at[0], at[1], at[2], steps[0], steps[1], steps[2]});
    });
}

}  // namespace clipscope::gpu
