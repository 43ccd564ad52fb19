// SPDX-License-Identifier: Apache-2.0
#include "analysis/threshold/divergence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::threshold {

namespace {

/// Neumaier's sum: a prefix of 2,048 terms is as good as one rounding.
class CompensatedSum {
public:
    void add(double x) {
        const double sum = m_sum + x;
        m_error += std::abs(m_sum) >= std::abs(x) ? (m_sum - sum) + x : (x - sum) + m_sum;
        m_sum = sum;
    }
    double value() const { return m_sum + m_error; }

private:
    double m_sum = 0;
    double m_error = 0;
};

double pLogP(double p) {
    return p > 0 ? p * std::log(p) : 0.0;
}

int64_t ceilDivide(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

std::vector<uint64_t> preparedBins(std::span<const uint64_t> bins,
                                   const DivergenceOptions& options) {
    if (options.levels < 1 || options.start < 1 || options.stride < 1) {
        throw Error(ErrorCode::Usage,
                    fmt::format("the divergence needs levels, start and stride of at least 1, not "
                                "{}, {} and {}",
                                options.levels, options.start, options.stride));
    }
    std::vector<uint64_t> counts(bins.begin(), bins.end());
    if (options.copyBin1To0 && counts.size() > 1)
        counts[0] = counts[1];
    return counts;
}

/// The prefix sums from which a candidate costs one logarithm per non-empty group. With p = c / N
/// for counts c of N in all, s = the sum of p in a group of n non-empty bins, s' the same with the
/// outliers and m = the sum of all s, Q = s / (n m) inside a group, and
///     D = sum p ln p - sum s' ln(s / n) + ln m,
/// whose first sum telescopes over the groups. Terms are at most ln 2048 = 7.6 in sum, so the
/// cancellation leaves an absolute error of about 1e-14.
class DivergenceSearch {
public:
    DivergenceSearch(const std::vector<uint64_t>& counts, int levels)
        : m_counts(counts), m_levels(levels) {
        const size_t n = counts.size();
        m_sum.assign(n + 1, 0);
        m_nonEmpty.assign(n + 1, 0);
        m_pLogP.assign(n + 1, 0.0);
        m_logOf.assign(n + 1, 0.0);
        for (size_t j = 0; j < n; ++j) {
            m_sum[j + 1] = m_sum[j] + counts[j];
            m_nonEmpty[j + 1] = m_nonEmpty[j] + (counts[j] > 0 ? 1 : 0);
            m_logOf[j + 1] = std::log(static_cast<double>(j + 1));
        }
        m_total = static_cast<double>(m_sum[n]);
        CompensatedSum prefix;
        for (size_t j = 0; j < n; ++j) {
            prefix.add(pLogP(static_cast<double>(counts[j]) / m_total));
            m_pLogP[j + 1] = prefix.value();
        }
    }

    double at(size_t i) const {
        const uint64_t kept = m_sum[i];
        const uint64_t outliers = m_sum.back() - kept;
        if (kept == 0)
            return std::numeric_limits<double>::quiet_NaN();
        if (m_counts[i - 1] == 0 && outliers > 0)
            return std::numeric_limits<double>::infinity();
        const double inside = static_cast<double>(kept) / m_total;
        const double beyond = static_cast<double>(outliers) / m_total;
        const double last = static_cast<double>(m_counts[i - 1]) / m_total;
        const double pPart = m_pLogP[i - 1] + pLogP(last + beyond);
        // Every count is in one group, so D cannot be negative but by rounding.
        return std::max(0.0, pPart - qPart(i, beyond) + std::log(inside));
    }

private:
    /// sum s' ln(s / n) over the groups of [0, i).
    double qPart(size_t i, double beyond) const {
        const double inverseTotal = 1.0 / m_total;
        const auto levels = static_cast<size_t>(m_levels);
        const size_t step = i / levels;
        const size_t remainder = i % levels;
        double sum = 0;
        double ofLastGroup = 0;  // ln(s / n) of the last non-empty group, which holds bin i - 1
        size_t begin = 0;
        size_t excess = 0;  // (g i) mod levels
        size_t whole = 0;   // (g i) / levels
        for (size_t g = 0; g < levels && begin < i; ++g) {
            whole += step;
            excess += remainder;
            if (excess >= levels) {
                excess -= levels;
                ++whole;
            }
            const size_t end = whole + (excess > 0 ? 1 : 0);
            const uint64_t count = m_sum[end] - m_sum[begin];
            if (count > 0) {
                const double s = static_cast<double>(count) * inverseTotal;
                ofLastGroup = std::log(s) - m_logOf[m_nonEmpty[end] - m_nonEmpty[begin]];
                sum += s * ofLastGroup;
            }
            begin = end;
        }
        // Outliers are zero unless bin i - 1 is non-empty, so they belong to that last group.
        return sum + beyond * ofLastGroup;
    }

    const std::vector<uint64_t>& m_counts;
    int m_levels;
    double m_total = 0;
    std::vector<uint64_t> m_sum;       ///< [i]: counts in bins [0, i)
    std::vector<uint32_t> m_nonEmpty;  ///< [i]: non-empty ones among bins [0, i)
    std::vector<double> m_pLogP;       ///< [i]: sum of p ln p over bins [0, i)
    std::vector<double> m_logOf;       ///< ln i
};

/// Q of bins [0, i), not yet normalised.
std::vector<double> spreadGroups(const std::vector<uint64_t>& counts, int i, int levels) {
    std::vector<double> q(static_cast<size_t>(i), 0.0);
    for (int64_t g = 0; g < levels; ++g) {
        const int64_t begin = ceilDivide(g * i, levels);
        const int64_t end = ceilDivide((g + 1) * i, levels);
        double sum = 0;
        int nonEmpty = 0;
        for (int64_t j = begin; j < end; ++j) {
            sum += static_cast<double>(counts[static_cast<size_t>(j)]);
            nonEmpty += counts[static_cast<size_t>(j)] > 0 ? 1 : 0;
        }
        for (int64_t j = begin; j < end; ++j) {
            if (counts[static_cast<size_t>(j)] > 0)
                q[static_cast<size_t>(j)] = sum / nonEmpty;
        }
    }
    return q;
}

}  // namespace

std::vector<double> divergenceCurve(std::span<const uint64_t> bins,
                                    const DivergenceOptions& options) {
    const std::vector<uint64_t> counts = preparedBins(bins, options);
    std::vector<double> curve;
    const DivergenceSearch search(counts, options.levels);
    for (size_t i = static_cast<size_t>(options.start); i <= counts.size();
         i += static_cast<size_t>(options.stride)) {
        curve.push_back(search.at(i));
    }
    return curve;
}

DivergenceDetail divergenceDetail(std::span<const uint64_t> bins, int i,
                                  const DivergenceOptions& options) {
    const std::vector<uint64_t> counts = preparedBins(bins, options);
    if (i < 1 || static_cast<size_t>(i) > counts.size()) {
        throw Error(ErrorCode::Usage,
                    fmt::format("candidate {} is not among bins 1 to {}", i, counts.size()));
    }
    const auto candidate = static_cast<size_t>(i);
    DivergenceDetail detail;
    double kept = 0;
    for (size_t j = 0; j < counts.size(); ++j)
        (j < candidate ? kept : detail.outliers) += static_cast<double>(counts[j]);
    detail.total = kept + detail.outliers;
    detail.q = spreadGroups(counts, i, options.levels);
    detail.p.resize(candidate, 0.0);
    detail.contribution.resize(candidate, 0.0);
    CompensatedSum divergence;
    for (size_t j = 0; j < candidate; ++j) {
        const double beyond = j + 1 == candidate ? detail.outliers : 0.0;
        const double count = static_cast<double>(counts[j]) + beyond;
        detail.p[j] = detail.total > 0 ? count / detail.total : 0.0;
        detail.q[j] = kept > 0 ? detail.q[j] / kept : 0.0;
        if (detail.p[j] > 0) {
            detail.contribution[j] = detail.q[j] > 0
                                         ? detail.p[j] * std::log(detail.p[j] / detail.q[j])
                                         : std::numeric_limits<double>::infinity();
            divergence.add(detail.contribution[j]);
        }
    }
    if (kept == 0) {
        detail.divergence = std::numeric_limits<double>::quiet_NaN();
    } else if (candidate >= 1 && detail.p.back() > 0 && detail.q.back() == 0) {
        detail.divergence = std::numeric_limits<double>::infinity();
    } else {
        detail.divergence = divergence.value();
    }
    return detail;
}

}  // namespace clipscope::threshold
