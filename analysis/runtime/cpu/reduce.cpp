// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/reduce_plan.h"
#include "analysis/runtime/cpu/reduce_rules.h"
#include "analysis/runtime/element_types.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kPart = 1 << 16;  // elements of one output that are reduced at a stretch
constexpr int64_t kColumns = 256;   // outputs side by side

/// Neighbouring elements, from which `shift` is subtracted.
template <typename Rule, typename T>
CLIPSCOPE_INLINE typename Rule::Accumulator reduceRun(const T* from, int64_t count, T shift) {
    return inLanes(
        count, Rule::start(),
        [from, shift](int64_t i)
            CLIPSCOPE_INLINE_LAMBDA { return Rule::value(static_cast<T>(from[i] - shift)); },
        [](auto a, auto b) CLIPSCOPE_INLINE_LAMBDA { return Rule::combine(a, b); });
}

CLIPSCOPE_VECTORIZED
double sumRun(const float* from, int64_t count) {
    return reduceRun<rules::Sum<float>>(from, count, 0.0f);
}

CLIPSCOPE_VECTORIZED
float maximumRun(const float* from, int64_t count) {
    return reduceRun<rules::Maximum<float>>(from, count, 0.0f);
}

CLIPSCOPE_VECTORIZED
double sumExpRun(const float* from, int64_t count, float shift) {
    return reduceRun<rules::LogSumExp<float>>(from, count, shift);
}

/// The frequent ones in the widest vectors.
template <typename Rule, typename T>
typename Rule::Accumulator reduceRunFast(const T* from, int64_t count, T shift) {
    if constexpr (std::is_same_v<Rule, rules::Sum<float>> ||
                  std::is_same_v<Rule, rules::Mean<float>>)
        return sumRun(from, count);
    else if constexpr (std::is_same_v<Rule, rules::Maximum<float>>)
        return maximumRun(from, count);
    else if constexpr (std::is_same_v<Rule, rules::LogSumExp<float>>)
        return sumExpRun(from, count, shift);
    else
        return reduceRun<Rule>(from, count, shift);
}

/// One output over elements [begin, end) of its runs, counted through.
template <typename Rule, typename T>
typename Rule::Accumulator reduceRuns(const ReducePlan& plan, const T* x, int64_t begin,
                                      int64_t end, T shift) {
    auto total = Rule::start();
    while (begin < end) {
        const int64_t inside = begin % plan.run;
        const int64_t count = std::min(end - begin, plan.run - inside);
        const T* from = x + plan.reduced[static_cast<size_t>(begin / plan.run)] + inside;
        total = Rule::combine(total, reduceRunFast<Rule>(from, count, shift));
        begin += count;
    }
    return total;
}

/// `columns` neighbouring outputs over runs [begin, end).
template <typename Rule, typename T>
void reduceColumns(const ReducePlan& plan, const T* x, int64_t begin, int64_t end, int64_t columns,
                   const T* shifts, typename Rule::Accumulator* totals) {
    std::fill_n(totals, columns, Rule::start());
    for (int64_t run = begin; run < end; ++run) {
        const T* from = x + plan.reduced[static_cast<size_t>(run)];
        if (shifts)
            for (int64_t c = 0; c < columns; ++c)
                totals[c] = Rule::combine(totals[c], Rule::value(from[c] - shifts[c]));
        else
            for (int64_t c = 0; c < columns; ++c)
                totals[c] = Rule::combine(totals[c], Rule::value(from[c]));
    }
}

/// y[o] = Rule over the elements of output o, from which shifts[o] is subtracted (null: nothing).
/// The order of additions depends on the shapes only, not on the number of threads.
template <typename Rule, typename T>
void reduceBy(const ReducePlan& plan, const T* x, const T* shifts, T* y) {
    using Accumulator = typename Rule::Accumulator;
    const int64_t outputs = plan.outputs();
    const int64_t length =
        plan.runIsReduced ? plan.count() : static_cast<int64_t>(plan.reduced.size());
    const int64_t parts = std::max<int64_t>(1, (length + kPart - 1) / kPart);
    const int64_t blocks = plan.runIsReduced ? 1 : (plan.run + kColumns - 1) / kColumns;
    const int64_t starts = static_cast<int64_t>(plan.kept.size());
    std::vector<Accumulator> partial(static_cast<size_t>(outputs * parts));
    const int64_t work =
        std::min(length, kPart) * (plan.runIsReduced ? 1 : std::min(plan.run, kColumns));
    const int64_t grain = std::max<int64_t>(1, (1 << 15) / std::max<int64_t>(1, work));
    parallelFor(starts * blocks * parts, grain, [&](int64_t first, int64_t last, int) {
        for (int64_t i = first; i < last; ++i) {
            const int64_t start = i / (blocks * parts);
            const int64_t block = i / parts % blocks;
            const int64_t begin = i % parts * kPart;
            const int64_t end = std::min(length, begin + kPart);
            const T* from = x + plan.kept[static_cast<size_t>(start)];
            if (plan.runIsReduced) {
                partial[static_cast<size_t>(i % parts * outputs + start)] =
                    reduceRuns<Rule>(plan, from, begin, end, shifts ? shifts[start] : T(0));
                continue;
            }
            const int64_t column = block * kColumns;
            const int64_t output = start * plan.run + column;
            reduceColumns<Rule>(
                plan, from + column, begin, end, std::min(kColumns, plan.run - column),
                shifts ? shifts + output : nullptr, partial.data() + i % parts * outputs + output);
        }
    });
    for (int64_t o = 0; o < outputs; ++o) {
        Accumulator total = partial[static_cast<size_t>(o)];
        for (int64_t part = 1; part < parts; ++part)
            total = Rule::combine(total, partial[static_cast<size_t>(part * outputs + o)]);
        y[o] = static_cast<T>(Rule::finish(total, plan.count()) + (shifts ? shifts[o] : T(0)));
    }
}

/// Exponentials of what is left when the maximum is subtracted do not overflow.
template <typename T>
void reduceLogSumExp(const ReducePlan& plan, const T* x, T* y) {
    std::vector<T> largest(static_cast<size_t>(plan.outputs()));
    reduceBy<rules::Maximum<T>, T>(plan, x, nullptr, largest.data());
    for (T& value : largest)
        if (!std::isfinite(value))
            value = 0;
    reduceBy<rules::LogSumExp<T>, T>(plan, x, largest.data(), y);
}

/// False where the kind has no meaning for T.
template <typename T>
bool reduceValues(ReduceKind kind, const ReducePlan& plan, const T* x, T* y) {
    using namespace rules;
    switch (kind) {
        case ReduceKind::Max:
            reduceBy<Maximum<T>, T>(plan, x, nullptr, y);
            return true;
        case ReduceKind::Min:
            reduceBy<Minimum<T>, T>(plan, x, nullptr, y);
            return true;
        default:
            break;
    }
    if constexpr (sizeof(T) >= 4) {
        switch (kind) {
            case ReduceKind::Sum:
                reduceBy<Sum<T>, T>(plan, x, nullptr, y);
                return true;
            case ReduceKind::Mean:
                reduceBy<Mean<T>, T>(plan, x, nullptr, y);
                return true;
            case ReduceKind::Prod:
                reduceBy<Product<T>, T>(plan, x, nullptr, y);
                return true;
            case ReduceKind::L1:
                reduceBy<L1<T>, T>(plan, x, nullptr, y);
                return true;
            case ReduceKind::SumSquare:
                reduceBy<SumSquare<T>, T>(plan, x, nullptr, y);
                return true;
            default:
                break;
        }
    }
    if constexpr (std::is_floating_point_v<T>) {
        switch (kind) {
            case ReduceKind::L2:
                reduceBy<L2<T>, T>(plan, x, nullptr, y);
                return true;
            case ReduceKind::LogSum:
                reduceBy<LogSum<T>, T>(plan, x, nullptr, y);
                return true;
            case ReduceKind::LogSumExp:
                reduceLogSumExp(plan, x, y);
                return true;
            default:
                break;
        }
    }
    return false;
}

template <typename T>
bool reduceAs(ReduceKind kind, const ReducePlan& plan, const Tensor& x, Tensor& y) {
    return reduceValues(kind, plan, x.values<T>().data(), y.mutableValues<T>().data());
}

/// Max is "any", Min is "all"; of nothing, Min is true, which is 1 and not the largest byte.
bool reduceBool(ReduceKind kind, const ReducePlan& plan, const Tensor& x, Tensor& y) {
    auto* to = reinterpret_cast<uint8_t*>(y.mutableBytes());
    if (!reduceValues(kind, plan, reinterpret_cast<const uint8_t*>(x.bytes()), to))
        return false;
    for (int64_t i = 0; i < y.elementCount(); ++i)
        to[i] = to[i] != 0;
    return true;
}

bool reduceAny(ReduceKind kind, const ReducePlan& plan, const Tensor& x, Tensor& y) {
    if (x.type() == DType::Bool)
        return reduceBool(kind, plan, x, y);
    bool done = false;
    visitElementType(x.type(), [&]<typename T>() {
        if constexpr (!std::is_same_v<T, Boolean>)
            done = reduceAs<T>(kind, plan, x, y);
    });
    return done;
}

}  // namespace

void CpuDevice::reduce(ReduceKind kind, std::span<const size_t> axes, const Tensor& x, Tensor& y) {
    x.requireRowMajor();
    if (!reduceAny(kind, planReduce(x.shape(), axes), x, y))
        throw Error(ErrorCode::Unsupported,
                    fmt::format("the CPU has no such reduction for {}", clipscope::name(x.type())));
}

}  // namespace clipscope::runtime
