// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>

#include "analysis/histogram/extent.h"

namespace clipscope::histogram {
namespace {

constexpr uint32_t kSignBit = 0x80000000u;
constexpr uint32_t kInfinityBits = 0x7f800000u;

double valueOf(uint32_t magnitude) {
    return magnitude == kInfinityBits ? 0x1p128
                                      : static_cast<double>(std::bit_cast<float>(magnitude));
}

int exponentOf(uint32_t bits) {
    return static_cast<int>((bits & ~kSignBit) >> 23);
}

}  // namespace

double Bin::lower() const {
    return valueOf(bits & ~kSignBit);
}

double Bin::upper() const {
    return valueOf((bits & ~kSignBit) + width);
}

float Histogram::amax() const {
    return std::max(std::abs(min()), std::abs(max()));
}

uint64_t Histogram::count() const {
    return m_finite + m_nan + infinities();
}

OctaveCounts& Histogram::octave(bool negative, int exponent) {
    std::vector<OctaveCounts>& octaves = m_octaves[negative];
    if (octaves.empty())
        octaves.resize(kOctaves);
    OctaveCounts& result = octaves[static_cast<size_t>(exponent)];
    if (result.isEmpty())
        result = OctaveCounts(isFine(exponent) ? kFineBins : kCoarseBins);
    return result;
}

const OctaveCounts* Histogram::find(bool negative, int exponent) const {
    const std::vector<OctaveCounts>& octaves = m_octaves[negative];
    if (octaves.empty() || octaves[static_cast<size_t>(exponent)].isEmpty())
        return nullptr;
    return &octaves[static_cast<size_t>(exponent)];
}

void Histogram::prepare() {
    for (const bool negative : {false, true})
        if ((negative ? m_min < 0 : m_max > 0) && m_octaves[negative].empty())
            m_octaves[negative].resize(kOctaves);
}

void Histogram::addBits(uint32_t bits, uint64_t count) {
    const uint32_t magnitude = bits & ~kSignBit;
    if (magnitude == 0) {
        m_zeros += count;
    } else if (magnitude < kInfinityBits) {
        const int exponent = exponentOf(bits);
        const uint32_t mantissa = bits & 0x7fffffu;
        OctaveCounts& counts = octave(bits >> 31 != 0, exponent);
        counts.add(mantissa >> (counts.size() == kFineBins ? kFineShift : kCoarseShift), count);
    } else if (magnitude > kInfinityBits) {
        m_nan += count;
    } else {
        (bits & kSignBit ? m_negativeInfinities : m_positiveInfinities) += count;
    }
}

void Histogram::add(std::span<const float> values) {
    const Extent extent = extentOf(values);
    addRange(extent.min, extent.max, extent.finite);
    for (const float value : values)
        addBits(std::bit_cast<uint32_t>(value), 1);
}

void Histogram::add(float value, uint64_t count) {
    if (count == 0)
        return;
    if (std::isfinite(value))
        addRange(value, value, count);
    addBits(std::bit_cast<uint32_t>(value), count);
}

void Histogram::addRange(float min, float max, uint64_t count) {
    if (count == 0)
        return;
    hold();
    m_min = (m_finite ? std::min(m_min, min) : min) + 0.0f;  // + 0 turns -0 into 0
    m_max = (m_finite ? std::max(m_max, max) : max) + 0.0f;
    m_finite += count;
    raiseTops();
}

bool Histogram::isFine(int exponent) const {
    return exponent > m_top - kFineOctaves || std::ranges::any_of(m_kept, [&](const Kept& kept) {
               return exponent <= kept.top && exponent > kept.top - kFineOctaves;
           });
}

int Histogram::lowestFine() const {
    int top = m_top;
    for (const Kept& kept : m_kept)
        top = std::min(top, kept.top);
    return std::max(0, top - kFineOctaves + 1);
}

void Histogram::raiseTops() {
    if (m_finite == 0)
        return;
    const auto topOf = [](float a, float b) {
        const float largest = std::max(std::abs(a), std::abs(b));
        return largest == 0 ? -1 : exponentOf(std::bit_cast<uint32_t>(largest));
    };
    const int lowest = lowestFine();
    bool rises = false;
    const auto raise = [&](int& top, int to) {
        rises = rises || to > top;
        top = std::max(top, to);
    };
    raise(m_top, topOf(min(), max()));
    for (Kept& kept : m_kept)
        raise(kept.top, topOf(kept.clamp(min()), kept.clamp(max())));
    if (rises)
        foldBehind(lowest);
}

void Histogram::foldBehind(int lowest) {
    for (std::vector<OctaveCounts>& octaves : m_octaves)
        for (int e = lowest; e <= m_top && !octaves.empty(); ++e) {
            OctaveCounts& fine = octaves[static_cast<size_t>(e)];
            if (fine.size() != kFineBins || isFine(e))
                continue;
            OctaveCounts coarse(kCoarseBins);
            coarse.add(fine);
            fine = std::move(coarse);
        }
}

void Histogram::hold() {
    if (!m_source)
        return;
    m_octaves = m_source->load()->m_octaves;
    m_source.reset();
}

void Histogram::merge(const Histogram& other) {
    if (other.m_source)
        return merge(*other.m_source->load());
    narrow();  // the other one may keep less
    m_zeros += other.m_zeros;
    m_nan += other.m_nan;
    m_positiveInfinities += other.m_positiveInfinities;
    m_negativeInfinities += other.m_negativeInfinities;
    addRange(other.m_min, other.m_max, other.m_finite);
    for (const bool negative : {false, true}) {
        const std::vector<OctaveCounts>& octaves = other.m_octaves[negative];
        for (size_t e = 0; e < octaves.size(); ++e)
            if (!octaves[e].isEmpty())
                octave(negative, static_cast<int>(e)).add(octaves[e]);
    }
}

bool Histogram::operator==(const Histogram& other) const {
    if (m_source)
        return *m_source->load() == other;
    if (other.m_source)
        return other == *this;
    if (!m_kept.empty())
        return clamped({}) == other;
    if (!other.m_kept.empty())
        return other == *this;
    const auto scalars = [](const Histogram& h) {
        return std::tie(h.m_top, h.m_finite, h.m_zeros, h.m_nan, h.m_positiveInfinities,
                        h.m_negativeInfinities, h.m_min, h.m_max);
    };
    return scalars(*this) == scalars(other) && m_octaves == other.m_octaves;
}

std::vector<Bin> Histogram::bins() const {
    if (m_source)
        return m_source->load()->bins();
    if (!m_kept.empty())
        return clamped({}).bins();
    std::vector<Bin> result;
    size_t used = 0;
    for (const std::vector<OctaveCounts>& octaves : m_octaves)
        for (const OctaveCounts& counts : octaves)
            used += counts.used();
    result.reserve(used);
    const auto append = [&](bool negative) {
        for (size_t e = 0; e < m_octaves[negative].size(); ++e) {
            const OctaveCounts& counts = m_octaves[negative][e];
            const int shift = counts.size() == kFineBins ? kFineShift : kCoarseShift;
            const uint32_t edge = (negative ? kSignBit : 0) | static_cast<uint32_t>(e << 23);
            counts.forEachUsed([&](size_t i, uint64_t count) {
                result.push_back({edge | static_cast<uint32_t>(i << shift), 1u << shift, count});
            });
        }
    };
    append(true);
    std::ranges::reverse(result);
    append(false);
    return result;
}

size_t Histogram::byteSize() const {
    size_t bytes = 0;
    for (const std::vector<OctaveCounts>& octaves : m_octaves) {
        bytes += octaves.capacity() * sizeof(OctaveCounts);
        for (const OctaveCounts& counts : octaves)
            bytes += counts.byteSize();
    }
    return bytes;
}

}  // namespace clipscope::histogram
