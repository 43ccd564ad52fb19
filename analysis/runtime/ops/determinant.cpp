// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/matmul.h"

namespace clipscope::runtime {
namespace {

/// By Gaussian elimination with the largest pivots.
double determinant(std::vector<double> matrix, size_t n) {
    double product = 1;
    for (size_t k = 0; k < n; ++k) {
        size_t pivot = k;
        for (size_t row = k + 1; row < n; ++row)
            if (std::abs(matrix[row * n + k]) > std::abs(matrix[pivot * n + k]))
                pivot = row;
        if (pivot != k) {
            std::swap_ranges(matrix.begin() + static_cast<std::ptrdiff_t>(k * n),
                             matrix.begin() + static_cast<std::ptrdiff_t>((k + 1) * n),
                             matrix.begin() + static_cast<std::ptrdiff_t>(pivot * n));
            product = -product;
        }
        const double diagonal = matrix[k * n + k];
        product *= diagonal;
        if (diagonal == 0)
            return 0;
        for (size_t row = k + 1; row < n; ++row) {
            const double factor = matrix[row * n + k] / diagonal;
            for (size_t column = k; column < n; ++column)
                matrix[row * n + column] -= factor * matrix[k * n + column];
        }
    }
    return product;
}

}  // namespace

void runDet(OpContext& context) {
    const Tensor& x = context.input(0);
    if (x.rank() < 2 || x.shape()[x.rank() - 1] != x.shape()[x.rank() - 2])
        throw Error(ErrorCode::BadInput, "needs square matrices, not " + x.toString());
    const auto n = static_cast<size_t>(x.shape()[x.rank() - 1]);
    Tensor y(DType::Float64, Shape({x.shape().begin(), x.shape().end() - 2}));
    const std::vector<double> values = toDoubles(x);
    auto from = values.begin();
    for (double& value : y.mutableValues<double>()) {
        const auto end = from + static_cast<std::ptrdiff_t>(n * n);
        value = determinant({from, end}, n);
        from = end;
    }
    context.setOutput(0, context.device().fromHost(convertedOnHost(y, x.type())));
}

}  // namespace clipscope::runtime
