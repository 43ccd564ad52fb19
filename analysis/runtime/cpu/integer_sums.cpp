// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/integer_sums.h"

#include <algorithm>
#include <vector>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/simd.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/functors/quantize.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

/// A value for each of neighbouring elements: all of them where `given` has one.
template <typename T>
std::vector<T> perColumn(const Tensor& given, int64_t columns) {
    const auto values = given.values<T>();
    if (values.size() == 1)
        return std::vector<T>(static_cast<size_t>(columns), values[0]);
    if (std::ssize(values) != columns)
        throw Error(ErrorCode::Internal, given.toString() + " for other columns");
    return {values.begin(), values.end()};
}

CLIPSCOPE_VECTORIZED void addOffsets(const int32_t* x, const int32_t* offsets, int32_t* y,
                                     int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = functors::wrappedSum(x[i], offsets[i]);
}

CLIPSCOPE_VECTORIZED void scaleRow(const int32_t* x, const int32_t* offsets, const float* scales,
                                   float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = static_cast<float>(functors::wrappedSum(x[i], offsets[i])) * scales[i];
}

template <typename T>
CLIPSCOPE_INLINE void quantizeAll(const int32_t* x, const int32_t* offsets, const float* scales,
                                  float zero, T* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = functors::requantized<T>(functors::wrappedSum(x[i], offsets[i]), scales[i], zero);
}

template <typename T>
void quantizePlain(const int32_t* x, const int32_t* offsets, const float* scales, float zero, T* y,
                   int64_t count) {
    quantizeAll(x, offsets, scales, zero, y, count);
}

template <typename T>
CLIPSCOPE_AVX512 void quantizeAvx512(const int32_t* x, const int32_t* offsets, const float* scales,
                                     float zero, T* y, int64_t count) {
    quantizeAll(x, offsets, scales, zero, y, count);
}

template <typename T>
CLIPSCOPE_AVX2 void quantizeAvx2(const int32_t* x, const int32_t* offsets, const float* scales,
                                 float zero, T* y, int64_t count) {
    quantizeAll(x, offsets, scales, zero, y, count);
}

/// The sums in memory order, a row of neighbouring columns at a time:
/// convert(sums, offsets, y, columns) for each row.
template <typename T, typename Convert>
void convertRows(const IntegerSums& sums, Tensor& y, const Convert& convert) {
    const int64_t columns = sums.columns.extent;
    if (sums.values.elementCount() == 0)
        return;
    const std::vector<int32_t> offsets =
        perColumn<int32_t>(sums.offsets.isDefined() ? sums.offsets : Tensor::scalar(0), columns);
    const int32_t* from = reinterpret_cast<const int32_t*>(sums.values.bytes());
    auto* to = reinterpret_cast<T*>(y.mutableBytes());
    parallelFor(sums.values.elementCount() / columns, 1 + kGrain / columns,
                [&](int64_t begin, int64_t end, int) {
                    for (int64_t row = begin; row < end; ++row)
                        convert(from + row * columns, offsets.data(), to + row * columns, columns);
                });
}

template <typename T>
void quantizeRows(const IntegerSums& sums, const std::vector<float>& scales,
                  const Tensor& zeroPoint, Tensor& y) {
    const auto zero = static_cast<float>(zeroPoint.values<T>()[0]);
    const auto quantize = hasAvx512() ? quantizeAvx512<T>
                          : hasAvx2() ? quantizeAvx2<T>
                                      : quantizePlain<T>;
    convertRows<T>(sums, y, [&](const int32_t* x, const int32_t* offsets, T* to, int64_t count) {
        quantize(x, offsets, scales.data(), zero, to, count);
    });
}

}  // namespace

void CpuDevice::convertSums(const IntegerSums& sums, const Tensor* scales, const Tensor* zeroPoint,
                            Tensor& y) {
    if (!scales)
        return convertRows<int32_t>(sums, y, addOffsets);
    const std::vector<float> own = perColumn<float>(*scales, sums.columns.extent);
    if (!zeroPoint)
        return convertRows<float>(
            sums, y, [&](const int32_t* x, const int32_t* offsets, float* to, int64_t count) {
                scaleRow(x, offsets, own.data(), to, count);
            });
    if (zeroPoint->type() == DType::Int8)
        quantizeRows<int8_t>(sums, own, *zeroPoint, y);
    else
        quantizeRows<uint8_t>(sums, own, *zeroPoint, y);
}

}  // namespace clipscope::runtime
