// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/binary_result.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/simd.h"
#include "analysis/runtime/cpu/strided_loop.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

/// Runs with steps of 0 or 1 known at compile time, so that they vectorise.
template <int stepA, int stepB, typename F, typename T, typename R>
void apply(F f, const T* a, const T* b, R* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = f(a[i * stepA], b[i * stepB]);
}

template <int stepA, int stepB, typename F, typename R>
CLIPSCOPE_AVX2 void applyAvx2(F f, const float* a, const float* b, R* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = f(a[i * stepA], b[i * stepB]);
}

template <int stepA, int stepB, typename F, typename T, typename R>
void applyBest(F f, const T* a, const T* b, R* y, int64_t count) {
    if constexpr (std::is_same_v<T, float>) {
        if (hasAvx2())
            return applyAvx2<stepA, stepB>(f, a, b, y, count);
    }
    apply<stepA, stepB>(f, a, b, y, count);
}

/// Types that models compute with get a loop for each pair of steps, the rare ones one for all.
template <typename T>
constexpr bool kIsHot = std::is_same_v<T, float> || std::is_same_v<T, double> ||
                        std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t>;

template <typename F, typename T, typename R>
void applyRun(F f, const T* a, int64_t stepA, const T* b, int64_t stepB, R* y, int64_t count) {
    if constexpr (kIsHot<T>) {
        if (stepA == 1 && stepB == 1)
            applyBest<1, 1>(f, a, b, y, count);
        else if (stepA == 1)
            applyBest<1, 0>(f, a, b, y, count);
        else
            applyBest<0, 1>(f, a, b, y, count);
    } else {
        for (int64_t i = 0; i < count; ++i)
            y[i] =
                f(static_cast<Computed<T>>(a[i * stepA]), static_cast<Computed<T>>(b[i * stepB]));
    }
}

template <typename F, typename T>
void applyParallel(F f, const Tensor& a, const Tensor& b, Tensor& y) {
    using R = decltype(f(Computed<T>(), Computed<T>()));
    const Shape& shape = y.shape();
    const StridedLoop<3> loop(shape, {broadcastStrides(a.shape(), shape),
                                      broadcastStrides(b.shape(), shape), shape.strides()});
    const auto* left = reinterpret_cast<const T*>(a.bytes());
    const auto* right = reinterpret_cast<const T*>(b.bytes());
    auto* to = reinterpret_cast<R*>(y.mutableBytes());
    const auto steps = loop.runSteps();
    parallelFor(loop.count(), kGrain, [&](int64_t begin, int64_t end, int) {
        loop.run(begin, end, [&](int64_t count, const auto& at) {
            applyRun(f, left + at[0], steps[0], right + at[1], steps[1], to + at[2], count);
        });
    });
}

struct Square {
    float operator()(float x, float) const { return x * x; }
};
struct Cube {
    float operator()(float x, float) const { return x * x * x; }
};

/// The powers that exporters write for squares (norms) and cubes (GELU).
bool smallPower(const Tensor& a, const Tensor& b, Tensor& y) {
    if (a.type() != DType::Float32 || b.elementCount() != 1)
        return false;
    const float exponent = b.values<float>()[0];
    if (exponent == 2)
        applyParallel<Square, float>({}, a, b, y);
    else if (exponent == 3)
        applyParallel<Cube, float>({}, a, b, y);
    else
        return false;
    return true;
}

}  // namespace

void CpuDevice::binary(BinaryFunction function, const Tensor& a, const Tensor& b, Tensor& y) {
    a.requireRowMajor();
    b.requireRowMajor();
    if (a.type() != b.type())
        throw Error(ErrorCode::BadInput, "the operands " + a.toString() + " and " + b.toString() +
                                             " must have one element type");
    if (broadcast(a.shape(), b.shape()) != y.shape())
        throw Error(ErrorCode::BadInput, "the output " + y.toString() + " does not fit operands " +
                                             a.toString() + " and " + b.toString());
    if (isHalf(a.type())) {
        Tensor wideA = allocate(DType::Float32, a.shape());
        Tensor wideB = allocate(DType::Float32, b.shape());
        cast(a, wideA);
        cast(b, wideB);
        if (!isHalf(y.type()))
            return binary(function, wideA, wideB, y);
        Tensor result = allocate(DType::Float32, y.shape());
        binary(function, wideA, wideB, result);
        return cast(result, y);
    }
    requireResultOf(function, a, y);
    if (function == BinaryFunction::Pow && smallPower(a, b, y))
        return;
    bool applied = false;
    visitBinary(function, [&]<typename F>(F functor) {
        visitElementType(a.type(), [&]<typename T>() {
            if constexpr (functors::kApplies<F, Computed<T>>) {
                applyParallel<F, T>(functor, a, b, y);
                applied = true;
            }
        });
    });
    if (!applied)
        throw Error(ErrorCode::Unsupported,
                    "not computed for " + std::string(clipscope::name(a.type())) + " on the CPU");
}

}  // namespace clipscope::runtime
