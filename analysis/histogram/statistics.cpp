// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/statistics.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::histogram {
namespace {

using SampleAmax = TensorStatistics::SampleAmax;

std::vector<SampleAmax> merged(const std::vector<SampleAmax>& a, const std::vector<SampleAmax>& b) {
    const auto bySample = [](const SampleAmax& x, const SampleAmax& y) {
        return x.sample < y.sample;
    };
    std::vector<SampleAmax> result(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), result.begin(), bySample);
    const auto twice =
        std::adjacent_find(result.begin(), result.end(),
                           [](const auto& x, const auto& y) { return x.sample == y.sample; });
    if (twice != result.end())
        throw Error(ErrorCode::BadInput,
                    fmt::format("sample {} occurs in both parts; merge parts of different samples",
                                twice->sample));
    return result;
}

/// Bins that all zeros, or no values at all, have left.
bool hasNoRange(const EqualBins& bins) {
    return bins.hi == 0;
}

std::optional<EqualBins> merged(const EqualBins& a, const EqualBins& b) {
    const bool sameRange = a.lo == b.lo && a.hi == b.hi;
    if (a.counts.size() != b.counts.size() || !(sameRange || hasNoRange(a) || hasNoRange(b)))
        return std::nullopt;
    EqualBins result = hasNoRange(a) ? b : a;
    const EqualBins& other = hasNoRange(a) ? a : b;
    for (size_t i = 0; i < result.counts.size(); ++i)
        result.counts[i] += other.counts[i];
    return result;
}

}  // namespace

std::optional<SampleAmax> TensorStatistics::amaxSample() const {
    const auto largest =
        std::max_element(sampleAmax.begin(), sampleAmax.end(),
                         [](const SampleAmax& a, const SampleAmax& b) { return a.amax < b.amax; });
    if (largest == sampleAmax.end())
        return std::nullopt;
    return *largest;
}

void TensorStatistics::merge(const TensorStatistics& other) {
    std::vector<SampleAmax> samples = merged(sampleAmax, other.sampleAmax);
    if (!channels.empty() && !other.channels.empty() && channels.size() != other.channels.size())
        throw Error(ErrorCode::BadInput,
                    fmt::format("a tensor has {} channels in one part and {} in the other; the "
                                "parts come from different models or inputs",
                                channels.size(), other.channels.size()));
    sampleAmax = std::move(samples);

    channels.resize(std::max(channels.size(), other.channels.size()));
    for (size_t i = 0; i < other.channels.size(); ++i)
        channels[i].include(other.channels[i]);

    if (exactAbs && other.exactAbs)
        exactAbs = merged(*exactAbs, *other.exactAbs);
    else if (histogram.count() == 0 && !exactAbs)
        exactAbs = other.exactAbs;
    else if (other.histogram.count() > 0 || other.exactAbs)
        exactAbs.reset();
    histogram.merge(other.histogram);
}

}  // namespace clipscope::histogram
