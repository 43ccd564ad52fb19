// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/equal_bins.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/base/error.h"
#include "analysis/histogram/segments.h"

namespace clipscope::histogram {
namespace {

/// Walks ascending segments and tells how many values lie below ascending points.
class Cumulative {
public:
    explicit Cumulative(std::vector<Segment> segments) : m_segments(std::move(segments)) {}

    /// Adds the number of values < x: the whole segments, and the part of the one that x cuts.
    void below(double x, uint64_t& whole, double& part) {
        while (m_next < m_segments.size() && m_segments[m_next].hi <= x &&
               m_segments[m_next].lo < x)
            m_passed += m_segments[m_next++].count;
        whole += m_passed;
        if (m_next == m_segments.size() || m_segments[m_next].lo >= x)
            return;
        const Segment& cut = m_segments[m_next];
        part += static_cast<double>(cut.count) * ((x - cut.lo) / (cut.hi - cut.lo));
    }

private:
    std::vector<Segment> m_segments;
    size_t m_next = 0;
    uint64_t m_passed = 0;
};

/// whole + part, rounded half to even, exact beyond 2^53.
uint64_t rounded(uint64_t whole, double part) {
    const double floor = std::floor(part);
    whole += static_cast<uint64_t>(floor);
    const double rest = part - floor;
    return whole + (rest > 0.5 || (rest == 0.5 && whole % 2 == 1) ? 1 : 0);
}

void requireBins(size_t n) {
    if (n == 0)
        throw Error(ErrorCode::Usage, "a histogram needs at least one bin; ask for 1 or more");
}

/// Differences of the rounded cumulative counts. `first` values count as below every edge but the
/// first.
EqualBins resample(std::vector<Cumulative> parts, uint64_t first, uint64_t total, size_t n,
                   double lo, double hi) {
    requireBins(n);
    EqualBins bins{lo, hi, std::vector<uint64_t>(n)};
    uint64_t before = 0;
    for (size_t i = 1; i < n; ++i) {
        uint64_t whole = first;
        double part = 0;
        for (Cumulative& cumulative : parts)
            cumulative.below(static_cast<double>(bins.edge(i)), whole, part);
        const uint64_t upTo = rounded(whole, part);
        bins.counts[i - 1] = upTo - before;
        before = upTo;
    }
    bins.counts[n - 1] = total - before;
    return bins;
}

}  // namespace

float EqualBins::edge(size_t i) const {
    if (i >= counts.size())
        return static_cast<float>(hi);
    return static_cast<float>(static_cast<double>(i) * width() + lo);
}

uint64_t EqualBins::total() const {
    return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

EqualBins resampleAbs(const Histogram& histogram, size_t n) {
    std::vector<Segment> negative;
    std::vector<Segment> positive;
    for (const Segment& segment : segmentsOf(histogram)) {
        if (segment.hi > 0)
            positive.push_back(segment);
        else if (segment.lo < 0)
            negative.push_back({-segment.hi, -segment.lo, segment.count});
    }
    std::reverse(negative.begin(), negative.end());
    return resample({Cumulative(std::move(negative)), Cumulative(std::move(positive))},
                    histogram.zeros(), histogram.finiteCount(), n, 0,
                    static_cast<double>(histogram.amax()));
}

EqualBins resampleSigned(const Histogram& histogram, size_t n, double lo, double hi) {
    if (!(lo <= hi))
        throw Error(ErrorCode::Usage, "the first edge of a histogram lies above its last");
    return resample({Cumulative(segmentsOf(histogram))}, 0, histogram.finiteCount(), n, lo, hi);
}

void addExactAbs(std::span<const float> values, EqualBins& bins) {
    requireBins(bins.counts.size());
    const size_t n = bins.counts.size();
    std::vector<float> edges(n + 1);
    for (size_t i = 0; i <= n; ++i)
        edges[i] = bins.edge(i);
    for (const float value : values) {
        const float x = std::abs(value);
        if (!std::isfinite(x))
            continue;
        if (x == 0) {  // also where all edges are 0
            ++bins.counts[0];
            continue;
        }
        const double at = static_cast<double>(x) * static_cast<double>(n) / bins.hi;
        size_t k = at < static_cast<double>(n) ? static_cast<size_t>(at) : n - 1;
        if (x < edges[k])
            --k;
        else if (k < n - 1 && x >= edges[k + 1])
            ++k;
        ++bins.counts[k];
    }
}

}  // namespace clipscope::histogram
