// SPDX-License-Identifier: Apache-2.0
// What a histogram keeps and tells of its values clamped between two bounds.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {
namespace {

/// Bins [from, to) of an octave: the values nearest to 0 and farthest from it.
struct Edges {
    float near;
    float far;
};

Edges edgesOf(bool negative, size_t exponent, int shift, size_t from, size_t to) {
    const uint32_t octave = (negative ? 0x80000000u : 0u) | static_cast<uint32_t>(exponent) << 23;
    const uint32_t near = octave | static_cast<uint32_t>(from << shift);
    const uint32_t far = octave | (static_cast<uint32_t>(to << shift) - 1);
    return {std::bit_cast<float>((near << 1) == 0 ? near | 1u : near),  // zeros are in no bin
            std::bit_cast<float>(far)};
}

}  // namespace

void Histogram::keepFor(const Clamp& clamp) {
    if (clamp != Clamp{} &&
        std::ranges::none_of(m_kept, [&](const Kept& kept) { return kept.clamp == clamp; }))
        m_kept.push_back({clamp});
}

void Histogram::narrow() {
    const int lowest = lowestFine();
    m_kept.clear();
    foldBehind(lowest);
}

Histogram Histogram::clamped(const Clamp& clamp) const {
    if (m_source)
        return m_source->load()->clamped(clamp);
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    Histogram result;
    if (m_finite > 0)
        result.addRange(clamp(m_min), clamp(m_max), m_finite);
    if (m_zeros > 0)
        result.addBits(std::bit_cast<uint32_t>(clamp(0.0f)), m_zeros);
    result.add(clamp(-kInfinity), m_negativeInfinities);
    result.add(clamp(kInfinity), m_positiveInfinities);
    result.m_nan += m_nan;
    for (const bool negative : {false, true})
        for (size_t e = 0; e < m_octaves[negative].size(); ++e)
            if (!m_octaves[negative][e].isEmpty())
                addClamped(negative, e, clamp, result);
    return result;
}

/// An octave's counts to `result`. A bin keeps its values but those that all become a bound: where
/// some do, the bound lies in it.
void Histogram::addClamped(bool negative, size_t exponent, const Clamp& clamp,
                           Histogram& result) const {
    const OctaveCounts& counts = m_octaves[negative][exponent];
    const int shift = counts.size() == kFineBins ? kFineShift : kCoarseShift;
    const Edges all = edgesOf(negative, exponent, shift, 0, counts.size());
    if (clamp(all.near) == all.near && clamp(all.far) == all.far) {
        result.octave(negative, static_cast<int>(exponent)).add(counts);
        return;
    }
    counts.forEachUsed([&](size_t i, uint64_t count) {
        const Edges bin = edgesOf(negative, exponent, shift, i, i + 1);
        const float value = clamp(bin.far) == bin.far ? bin.far : clamp(bin.near);
        result.addBits(std::bit_cast<uint32_t>(value), count);
    });
}

}  // namespace clipscope::histogram
