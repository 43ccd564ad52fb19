// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/threshold/method.h"

namespace clipscope::threshold {

Distribution::Distribution(const histogram::TensorStatistics& statistics)
    : m_statistics(&statistics),
      m_min(statistics.histogram.min()),
      m_max(statistics.histogram.max()),
      m_amax(statistics.histogram.amax()),
      m_finite(static_cast<double>(statistics.histogram.finiteCount())) {}

Distribution::Distribution(histogram::EqualBins absBins) {
    if (absBins.counts.empty() || absBins.lo != 0 || !std::isfinite(absBins.hi) || absBins.hi < 0 ||
        std::isinf(static_cast<float>(absBins.hi)))
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} counts over [{}, {}] are no histogram of |x|: it runs from 0 "
                                "to amax, which is finite",
                                absBins.counts.size(), absBins.lo, absBins.hi));
    m_finite = static_cast<double>(absBins.total());
    if (m_finite > 0) {
        const auto first = std::find_if(absBins.counts.begin(), absBins.counts.end(),
                                        [](uint64_t count) { return count > 0; });
        m_min = absBins.width() * static_cast<double>(first - absBins.counts.begin());
        m_max = absBins.hi;
        m_amax = static_cast<float>(absBins.hi);
    }
    const size_t n = absBins.counts.size();
    m_bins.emplace(n, std::move(absBins));
}

const histogram::EqualBins& Distribution::absBins(size_t n) const {
    if (m_statistics && m_statistics->exactAbs && m_statistics->exactAbs->counts.size() == n)
        return *m_statistics->exactAbs;
    const auto known = m_bins.find(n);
    if (known != m_bins.end())
        return known->second;
    if (!m_statistics)
        throw Error(ErrorCode::Usage,
                    fmt::format("{} bins were asked of a histogram given as {} counts; set the "
                                "method's parameter bins to {}",
                                n, m_bins.begin()->first, m_bins.begin()->first));
    return m_bins.emplace(n, histogram::resampleAbs(m_statistics->histogram, n)).first->second;
}

const quantization::Density& Distribution::density() const {
    if (!m_density)
        m_density = m_statistics ? quantization::Density(m_statistics->histogram)
                                 : quantization::Density(m_bins.begin()->second);
    return *m_density;
}

const quantization::Density& Distribution::foldedDensity() const {
    if (!m_folded)
        m_folded = density().folded();
    return *m_folded;
}

}  // namespace clipscope::threshold
