// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/plain_matmul.h"

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// The strides of the last two axes, rows and columns, as the product reads them.
struct MatrixStrides {
    int64_t row;
    int64_t column;

    MatrixStrides(const Shape& shape, bool transposed)
        : row(transposed ? 1 : shape[shape.rank() - 1]),
          column(transposed ? shape[shape.rank() - 1] : 1) {}
};

/// Where the matrix of batch `i` of y begins in an operand that broadcasts to y.
int64_t batchOffset(const Shape& from, const Shape& y, int64_t i) {
    const std::vector<int64_t> strides = from.strides();
    int64_t offset = 0;
    for (size_t back = 3; back <= y.rank(); ++back) {
        const int64_t extent = y[y.rank() - back];
        if (back <= from.rank() && from[from.rank() - back] != 1)
            offset += i % extent * strides[from.rank() - back];
        i /= extent;
    }
    return offset;
}

template <typename T>
void multiply(const MatmulParameters& parameters, const Tensor& a, const Tensor& b,
              const Tensor* bias, Tensor& y) {
    const MatrixStrides left(a.shape(), parameters.transposeA);
    const MatrixStrides right(b.shape(), parameters.transposeB);
    const int64_t rows = y.shape()[y.rank() - 2];
    const int64_t columns = y.shape()[y.rank() - 1];
    const int64_t inner = a.shape()[a.rank() - (parameters.transposeA ? 2 : 1)];
    const auto alpha = static_cast<T>(parameters.alpha);
    const auto beta = static_cast<T>(parameters.beta);
    std::vector<int64_t> biasStrides;
    if (bias)
        biasStrides = broadcastStrides(bias->shape(), y.shape());
    const T* added = bias ? bias->values<T>().data() : nullptr;
    T* to = y.mutableValues<T>().data();
    parallelFor(
        y.elementCount() / columns, 1 + 4096 / (columns * std::max<int64_t>(1, inner)),
        [&](int64_t begin, int64_t end, int) {
            for (int64_t i = begin; i < end; ++i) {
                const int64_t row = i % rows;
                const T* x = a.values<T>().data() + batchOffset(a.shape(), y.shape(), i / rows) +
                             row * left.row;
                const T* w = b.values<T>().data() + batchOffset(b.shape(), y.shape(), i / rows);
                for (int64_t column = 0; column < columns; ++column) {
                    T sum = 0;
                    for (int64_t k = 0; k < inner; ++k)
                        sum = functors::Add{}(
                            sum, functors::Mul{}(x[k * left.column],
                                                 w[k * right.row + column * right.column]));
                    sum = functors::Mul{}(alpha, sum);
                    if (added)
                        sum = functors::Add{}(
                            sum, functors::Mul{}(
                                     beta, added[row * biasStrides[0] + column * biasStrides[1]]));
                    to[i * columns + column] = sum;
                }
            }
        });
}

}  // namespace

bool plainMatmul(const MatmulParameters& parameters, const Tensor& a, const Tensor& b,
                 const Tensor* bias, Tensor& y) {
    if (a.type() == DType::Float32)
        return false;
    if (b.type() != a.type() || (bias && (bias->type() != a.type() || y.rank() != 2)))
        throw Error(ErrorCode::BadInput, "the operands " + a.toString() + " and " + b.toString() +
                                             " must have one element type");
    bool done = false;
    visitElementType(a.type(), [&]<typename T>() {
        if constexpr (sizeof(T) >= 4 && !std::is_same_v<T, float>) {
            if (y.elementCount() > 0)
                multiply<T>(parameters, a, b, bias, y);
            done = true;
        }
    });
    return done;
}

}  // namespace clipscope::runtime
