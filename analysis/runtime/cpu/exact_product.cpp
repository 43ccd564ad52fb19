// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/exact_product.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/ops/convert.h"

namespace clipscope::runtime {
namespace {

/// float32 holds every integer up to here, so that sums below it are exact in any order.
constexpr int64_t kExact = int64_t{1} << 24;
constexpr int64_t kGrain = 16384;

/// A share of an operand: factor * values.
struct Part {
    double factor = 1;
    Tensor values;
};

CLIPSCOPE_VECTORIZED void splitValues(const float* x, float* high, float* low, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        high[i] = std::floor(x[i] / 16);
        low[i] = x[i] - 16 * high[i];
    }
}

/// sum += factor * x
CLIPSCOPE_VECTORIZED void addShare(const float* x, double factor, double* sum, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        sum[i] += factor * static_cast<double>(x[i]);
}

/// x whole, or as 16 high + low with |high| <= 16 and 0 <= low < 16: factors so small that sums of
/// more of their products are exact.
std::vector<Part> partsOf(const Tensor& x, bool split) {
    if (!split)
        return {{1, x}};
    Tensor high(DType::Float32, x.shape());
    Tensor low(DType::Float32, x.shape());
    const float* from = x.values<float>().data();
    float* toHigh = high.mutableValues<float>().data();
    float* toLow = low.mutableValues<float>().data();
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        splitValues(from + begin, toHigh + begin, toLow + begin, end - begin);
    });
    return {{16, high}, {1, low}};
}

}  // namespace

Tensor centeredIntegers(const Tensor& x, const Tensor* zeroPoint, size_t zeroAxis) {
    if (elementSize(x.type()) != 1 || isFloat(x.type()))
        throw Error(ErrorCode::Unsupported, "is computed for 8-bit integers, not " + x.toString());
    const Tensor floats = convertedOnHost(x, DType::Float32);
    if (!zeroPoint)
        return floats;
    std::vector<int64_t> extents(x.rank(), 1);
    if (zeroPoint->elementCount() != 1 && x.rank() > 0)
        extents[zeroAxis] = zeroPoint->elementCount();
    const Tensor zero = convertedOnHost(*zeroPoint, DType::Float32).reshaped(Shape(extents));
    if (broadcast(zero.shape(), x.shape()) != x.shape())
        throw Error(ErrorCode::BadInput, fmt::format("the zero point {} does not fit {}",
                                                     zeroPoint->toString(), x.toString()));
    Tensor y(DType::Float32, x.shape());
    CpuDevice().binary(BinaryFunction::Sub, floats, zero, y);
    return y;
}

Tensor exactProduct(const Tensor& a, const Tensor& b, int64_t terms, ExactProductStates& states,
                    const FloatProduct& product) {
    if (terms * 16 * 16 >= kExact)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("sums of {} products are not supported", terms));
    Tensor sum;
    auto state = states.begin();
    for (const Part& left : partsOf(a, terms * 255 * 255 >= kExact))
        for (const Part& right : partsOf(b, terms * 255 * 16 >= kExact)) {
            const Tensor share = product(left.values, right.values, *state++);
            if (!sum.isDefined()) {
                sum = Tensor(DType::Float64, share.shape());
                std::ranges::fill(sum.mutableValues<double>(), 0.0);
            }
            const float* from = share.values<float>().data();
            double* to = sum.mutableValues<double>().data();
            parallelFor(sum.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
                addShare(from + begin, left.factor * right.factor, to + begin, end - begin);
            });
        }
    return convertedOnHost(convertedOnHost(sum, DType::Int64), DType::Int32);  // which wraps
}

}  // namespace clipscope::runtime
