// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cmath>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {

inline float fromBits(uint32_t bits) {
    return std::bit_cast<float>(bits);
}

/// The contract of histogram.h spelled out: every value's bits, truncated.
struct ReferenceHistogram {
    std::map<uint32_t, uint64_t> bins;  ///< by bits of the edge nearest 0
    uint64_t zeros = 0, nan = 0, positiveInfinities = 0, negativeInfinities = 0, finite = 0;
    float min = 0;
    float max = 0;
    int top = -1;

    explicit ReferenceHistogram(const std::vector<float>& values) {
        for (const float value : values) {
            if (std::isnan(value))
                ++nan;
            else if (std::isinf(value))
                ++(value > 0 ? positiveInfinities : negativeInfinities);
            else {
                min = finite == 0 || value < min ? value : min;
                max = finite == 0 || value > max ? value : max;
                ++finite;
                zeros += value == 0;
                if (value != 0)
                    top = std::max(top, exponentOf(value));
            }
        }
        for (const float value : values)
            if (std::isfinite(value) && value != 0) {
                const int dropped = exponentOf(value) >= top - 8 ? 12 : 16;
                ++bins[std::bit_cast<uint32_t>(value) >> dropped << dropped];
            }
    }
    static int exponentOf(float value) {
        return static_cast<int>(std::bit_cast<uint32_t>(std::abs(value)) >> 23);
    }
};

inline void expectEqual(const Histogram& histogram, const ReferenceHistogram& reference) {
    EXPECT_EQ(histogram.zeros(), reference.zeros);
    EXPECT_EQ(histogram.nan(), reference.nan);
    EXPECT_EQ(histogram.positiveInfinities(), reference.positiveInfinities);
    EXPECT_EQ(histogram.negativeInfinities(), reference.negativeInfinities);
    EXPECT_EQ(histogram.finiteCount(), reference.finite);
    EXPECT_EQ(histogram.count(), reference.finite + reference.nan + reference.positiveInfinities +
                                     reference.negativeInfinities);
    EXPECT_EQ(histogram.min(), reference.min);
    EXPECT_EQ(histogram.max(), reference.max);
    EXPECT_FALSE(histogram.min() == 0 && std::signbit(histogram.min()));
    EXPECT_FALSE(histogram.max() == 0 && std::signbit(histogram.max()));
    EXPECT_EQ(histogram.topOctave(), reference.top);
    std::map<uint32_t, uint64_t> bins;
    double before = -HUGE_VAL;
    for (const Bin& bin : histogram.bins()) {
        bins[bin.bits] += bin.count;
        const double far = bin.isNegative() ? -bin.lower() : bin.upper();
        EXPECT_LE(before, bin.isNegative() ? -bin.upper() : bin.lower());
        before = far;
    }
    EXPECT_EQ(bins, reference.bins);
}

/// Values of every kind: all octaves, both signs, denormals, zeros, what is not finite.
inline std::vector<float> assortedValues(size_t count, uint32_t seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values;
    for (size_t i = 0; i < count; ++i) {
        const uint32_t bits = random();
        switch (bits % 16) {
            case 0:
                values.push_back(bits & 16 ? 0.0f : -0.0f);
                break;
            case 1:
                values.push_back(fromBits(random()));
                break;  // any float
            case 2:
                values.push_back(fromBits((bits & 0x80000000u) | (random() >> 20)));
                break;
            case 3:
                values.push_back(fromBits((bits & 0x80000000u) | (random() >> 9)));
                break;
            case 4:
                values.push_back(fromBits(0x7f800000u | (bits & 0x80000fffu)));
                break;
            case 5:
                values.push_back(fromBits(0x7f800000u | (bits & 0x80000000u)));
                break;
            case 6:
                values.push_back(std::ldexp(normal(random), static_cast<int>(bits >> 27)));
                break;
            default:
                values.push_back(normal(random));
                break;
        }
    }
    return values;
}

}  // namespace clipscope::histogram
