// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/apply_widest.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/strided_loop.h"
#include "analysis/runtime/cpu/vector_math.h"
#include "analysis/runtime/cpu/vector_sine.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

template <typename F, typename T, typename R>
void apply(F f, const T* x, R* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = f(static_cast<Computed<T>>(x[i]));
}

bool allWithin(float bound, const float* x, int64_t count) {
    bool within = true;
    for (int64_t i = 0; i < count; ++i)
        within &= std::fabs(x[i]) <= bound;
    return within;
}

/// Of a fast function that holds up to F::kLargest the elements beyond it go to the plain one, each
/// by itself: where a block begins does not matter.
template <typename F, typename Plain>
void applyBounded(F f, Plain plain, const float* x, float* y, int64_t count) {
    constexpr int64_t kBlock = 1024;
    for (int64_t first = 0; first < count; first += kBlock) {
        const int64_t length = std::min(kBlock, count - first);
        if (allWithin(F::kLargest, x + first, length))
            applyWidest(f, x + first, y + first, length);
        else
            for (int64_t i = first; i < first + length; ++i)
                y[i] = std::fabs(x[i]) <= F::kLargest ? f(x[i]) : plain(x[i]);
    }
}

template <typename F, typename T>
void applyParallel(F functor, const Tensor& x, Tensor& y) {
    using R = decltype(functor(Computed<T>()));
    const auto* from = reinterpret_cast<const T*>(x.bytes());
    auto* to = reinterpret_cast<R*>(y.mutableBytes());
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        if constexpr (std::is_same_v<T, float> && std::is_same_v<R, float>) {
            const auto f = fast::floatFunctor(functor);
            if constexpr (requires { f.kLargest; })
                applyBounded(f, functor, from + begin, to + begin, end - begin);
            else
                applyWidest(f, from + begin, to + begin, end - begin);
        } else {
            apply(functor, from + begin, to + begin, end - begin);
        }
    });
}

/// Runs of y = condition ? a : b with steps of 0 or 1.
template <typename U, int stepC, int stepA, int stepB>
void select(const uint8_t* condition, const U* a, const U* b, U* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        const U whenTrue = a[i * stepA];
        const U whenFalse = b[i * stepB];
        y[i] = condition[i * stepC] ? whenTrue : whenFalse;
    }
}

template <typename U>
auto selectFor(const std::array<int64_t, 4>& steps) {
    static constexpr decltype(&select<U, 0, 0, 0>) kSelect[8] = {
        select<U, 0, 0, 0>, select<U, 0, 0, 1>, select<U, 0, 1, 0>, select<U, 0, 1, 1>,
        select<U, 1, 0, 0>, select<U, 1, 0, 1>, select<U, 1, 1, 0>, select<U, 1, 1, 1>};
    return kSelect[steps[0] * 4 + steps[1] * 2 + steps[2]];
}

}  // namespace

void CpuDevice::unary(UnaryFunction function, const UnaryParameters& parameters, const Tensor& x,
                      Tensor& y) {
    x.requireRowMajor();
    if (isHalf(x.type())) {
        Tensor wide = allocate(DType::Float32, x.shape());
        cast(x, wide);
        if (!isHalf(y.type()))
            return unary(function, parameters, wide, y);
        Tensor result = allocate(DType::Float32, y.shape());
        unary(function, parameters, wide, result);
        return cast(result, y);
    }
    bool applied = false;
    visitUnary(function, parameters, [&]<typename F>(F functor) {
        visitElementType(x.type(), [&]<typename T>() {
            if constexpr (functors::kApplies<F, Computed<T>>) {
                applyParallel<F, T>(functor, x, y);
                applied = true;
            }
        });
    });
    if (!applied)
        throw Error(ErrorCode::Unsupported,
                    "not computed for " + std::string(clipscope::name(x.type())) + " on the CPU");
}

void CpuDevice::where(const Tensor& condition, const Tensor& a, const Tensor& b, Tensor& y) {
    for (const Tensor* operand : {&condition, &a, &b})
        operand->requireRowMajor();
    const Shape& shape = y.shape();
    if (condition.type() != DType::Bool || a.type() != b.type() || a.type() != y.type() ||
        broadcast(condition.shape(), broadcast(a.shape(), b.shape())) != shape)
        throw Error(ErrorCode::BadInput, "cannot choose between " + a.toString() + " and " +
                                             b.toString() + " by " + condition.toString());
    const StridedLoop<4> loop(
        shape, {broadcastStrides(condition.shape(), shape), broadcastStrides(a.shape(), shape),
                broadcastStrides(b.shape(), shape), shape.strides()});
    visitElementSize(elementSize(y.type()), [&]<typename U>() {
        const auto* c = reinterpret_cast<const uint8_t*>(condition.bytes());
        const auto* whenTrue = reinterpret_cast<const U*>(a.bytes());
        const auto* whenFalse = reinterpret_cast<const U*>(b.bytes());
        auto* to = reinterpret_cast<U*>(y.mutableBytes());
        const auto run = selectFor<U>(loop.runSteps());
        parallelFor(loop.count(), kGrain, [&](int64_t begin, int64_t end, int) {
            loop.run(begin, end, [&](int64_t count, const auto& at) {
                run(c + at[0], whenTrue + at[1], whenFalse + at[2], to + at[3], count);
            });
        });
    });
}

}  // namespace clipscope::runtime
