// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/range_search.h"

#include <algorithm>
#include <cmath>

namespace clipscope::quantization {
namespace {

using Cost = std::function<double(Range)>;

struct Scored {
    Range range;
    double cost = 0;
};

constexpr int kGrid = 24;           ///< points along either axis
constexpr double kDepth = 8;        ///< the last one is e^-8 of the widest
constexpr size_t kValleys = 4;      ///< that are followed
constexpr double kLastStep = 1e-5;  ///< of the range's width
constexpr int kGoldenSteps = 24;    ///< each shrinks the interval by 0.618

/// 1 at 0, then ever smaller; close together near 1, where most minima lie.
double shrinkage(int i) {
    return std::exp(-kDepth * std::pow(static_cast<double>(i) / (kGrid - 1), 1.5));
}

/// The points of the grid that none of their neighbours undercuts, the best first.
std::vector<Scored> valleys(const Cost& cost, Range widest, double anchor) {
    const int rows = widest.lo < anchor ? kGrid : 1;
    const int columns = widest.hi > anchor ? kGrid : 1;
    std::vector<Scored> grid;
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < columns; ++j) {
            const Range range{anchor + (widest.lo - anchor) * shrinkage(i),
                              anchor + (widest.hi - anchor) * shrinkage(j)};
            grid.push_back({range, cost(range)});
        }
    const auto at = [&](int i, int j) -> const Scored& {
        return grid[static_cast<size_t>(i) * columns + static_cast<size_t>(j)];
    };
    std::vector<Scored> result;
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < columns; ++j) {
            bool lowest = true;
            for (int a = std::max(0, i - 1); a <= std::min(rows - 1, i + 1); ++a)
                for (int b = std::max(0, j - 1); b <= std::min(columns - 1, j + 1); ++b)
                    lowest = lowest && at(i, j).cost <= at(a, b).cost;
            if (lowest)
                result.push_back(at(i, j));
        }
    std::sort(result.begin(), result.end(),
              [](const Scored& a, const Scored& b) { return a.cost < b.cost; });
    result.resize(std::min(result.size(), kValleys));
    return result;
}

/// Moves either end, or both, to the best neighbour; halves the steps where none is better.
Scored descend(const Cost& cost, Scored best) {
    double step = 0.08 * (best.range.hi - best.range.lo);
    const double last = kLastStep * (best.range.hi - best.range.lo);
    while (step > last) {
        Scored next = best;
        for (const double a : {-1.0, 0.0, 1.0})
            for (const double b : {-1.0, 0.0, 1.0}) {
                if (a == 0 && b == 0)
                    continue;
                const Range range{best.range.lo + a * step, best.range.hi + b * step};
                if (const double value = cost(range); value < next.cost)
                    next = {range, value};
            }
        if (!(next.cost < best.cost))
            step /= 2;
        best = next;
    }
    return best;
}

}  // namespace

Minimum goldenSection(const std::function<double(double)>& cost, double a, double b) {
    constexpr double kRatio = 0.6180339887498949;
    Minimum left{b - kRatio * (b - a), 0};
    Minimum right{a + kRatio * (b - a), 0};
    left.value = cost(left.at);
    right.value = cost(right.at);
    Minimum best = left.value <= right.value ? left : right;
    for (int i = 0; i < kGoldenSteps; ++i) {
        if (left.value <= right.value) {
            b = right.at;
            right = left;
            left.at = b - kRatio * (b - a);
            left.value = cost(left.at);
        } else {
            a = left.at;
            left = right;
            right.at = a + kRatio * (b - a);
            right.value = cost(right.at);
        }
        for (const Minimum& point : {left, right})
            if (point.value < best.value)
                best = point;
    }
    return best;
}

Range searchRange(const Cost& cost, Range widest, double anchor, const Ranges& starts) {
    std::vector<Scored> candidates = valleys(cost, widest, anchor);
    for (const Range& start : starts)
        candidates.push_back({start, cost(start)});
    Scored best{widest, cost(widest)};
    for (const Scored& candidate : candidates) {
        const Scored found = descend(cost, candidate);
        if (found.cost < best.cost)
            best = found;
    }
    return best.range;
}

}  // namespace clipscope::quantization
