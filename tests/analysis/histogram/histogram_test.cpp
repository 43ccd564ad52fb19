// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/histogram.h"

#include <algorithm>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "tests/analysis/histogram/reference_histogram.h"

namespace clipscope::histogram {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Histogram histogramOf(std::span<const float> values) {
    Histogram histogram;
    histogram.add(values);
    return histogram;
}

Histogram together(Histogram a, const Histogram& b) {
    a.merge(b);
    return a;
}

TEST(Histogram, IsEmptyAtFirst) {
    const Histogram histogram;
    EXPECT_EQ(histogram.count(), 0u);
    EXPECT_EQ(histogram.topOctave(), -1);
    EXPECT_EQ(histogram.amax(), 0.0f);
    EXPECT_TRUE(histogram.bins().empty());
    EXPECT_EQ(histogram.byteSize(), 0u);
    EXPECT_EQ(histogramOf({}), histogram);
}

TEST(Histogram, BinsByHand) {
    Histogram histogram;
    histogram.add(std::vector<float>{1, 1.0004f, 1.0005f, -2, 0});
    const std::vector<Bin> bins = histogram.bins();
    ASSERT_EQ(bins.size(), 3u);
    EXPECT_EQ(bins[0].lower(), 2.0);
    EXPECT_TRUE(bins[0].isNegative());
    EXPECT_EQ(bins[1].bits, 0x3f800000u);
    EXPECT_EQ(bins[1].count, 2u);
    EXPECT_EQ(bins[1].upper(), 1 + 0x1p-11);
    EXPECT_EQ(bins[2].lower(), 1 + 0x1p-11);
    EXPECT_EQ(histogram.amax(), 2.0f);
    histogram.add(300, 1);  // eight octaves above 1: still fine
    EXPECT_EQ(histogram.bins().size(), 4u);
    histogram.add(512, 1);  // nine: 128 bins an octave
    EXPECT_EQ(histogram.bins()[1].width, 1u << 16);
    EXPECT_EQ(histogram.bins()[1].count, 3u);
    EXPECT_EQ(histogram.bins()[0].width, 1u << 12);  // 2 is eight below
}

TEST(Histogram, EqualsItsDefinition) {
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        const std::vector<float> values = assortedValues(3000, seed);
        expectEqual(histogramOf(values), ReferenceHistogram(values));
    }
}

TEST(Histogram, DependsOnNoOrderAndNoSplit) {
    std::mt19937 random(7);
    for (uint32_t seed = 1; seed <= 10; ++seed) {
        SCOPED_TRACE(seed);
        std::vector<float> values = assortedValues(2000, seed);
        const Histogram expected = histogramOf(values);
        std::shuffle(values.begin(), values.end(), random);
        EXPECT_EQ(histogramOf(values), expected);
        Histogram pieces;
        Histogram merged;
        for (size_t i = 0; i < values.size();) {
            const size_t length = std::min<size_t>(random() % 97, values.size() - i);
            const auto piece = std::span(values).subspan(i, length);
            pieces.add(piece);
            merged = random() % 2 ? together(merged, histogramOf(piece))
                                  : together(histogramOf(piece), merged);
            i += length;
        }
        EXPECT_EQ(pieces, expected);
        EXPECT_EQ(merged, expected);
        Histogram single;
        for (const float value : values)
            single.add(value, 1);
        EXPECT_EQ(single, expected);
        expectEqual(single, ReferenceHistogram(values));
    }
}

TEST(Histogram, MergesAssociativelyAndCommutatively) {
    for (uint32_t seed = 1; seed <= 10; ++seed) {
        // Scaled apart, so that each merge folds octaves of another.
        std::vector<Histogram> parts;
        for (const int power : {-30, 0, 25}) {
            std::mt19937 random(seed + static_cast<uint32_t>(power + 50));
            std::normal_distribution<float> normal;
            Histogram& part = parts.emplace_back();
            for (int i = 0; i < 500; ++i)
                part.add(std::ldexp(normal(random), power), 1 + random() % 3);
        }
        const auto& [a, b, c] = std::tie(parts[0], parts[1], parts[2]);
        EXPECT_EQ(together(a, b), together(b, a));
        EXPECT_EQ(together(together(a, b), c), together(a, together(b, c)));
        EXPECT_EQ(together(together(c, a), b), together(together(a, b), c));
        EXPECT_EQ(together(a, Histogram()), a);
        EXPECT_EQ(together(Histogram(), a), a);
        EXPECT_NE(together(a, b), a);
    }
}

TEST(Histogram, MergesWithItself) {
    Histogram histogram;
    histogram.add(std::vector<float>{0, 1, -1e-20f, 1e20f, kInfinity});
    Histogram twice = together(histogram, Histogram(histogram));
    histogram.merge(histogram);
    EXPECT_EQ(histogram, twice);
    EXPECT_EQ(histogram.count(), 10u);
}

TEST(Histogram, FoldsAsAmaxGrowsThroughAllOctaves) {
    std::vector<float> values;
    std::mt19937 random(3);
    for (int exponent = 0; exponent < 255; ++exponent)
        for (int i = 0; i < 40; ++i)
            values.push_back(fromBits((random() & 0x80000000u) |
                                      static_cast<uint32_t>(exponent) << 23 |
                                      (random() & 0x7fffffu)));
    const ReferenceHistogram reference(values);
    Histogram growing;
    for (const float value : values)
        growing.add(value, 1);
    expectEqual(growing, reference);
    std::reverse(values.begin(), values.end());
    expectEqual(histogramOf(values), reference);
    EXPECT_EQ(growing.topOctave(), 254);
}

TEST(Histogram, TellsDenormalsFromZeros) {
    const float tiniest = std::numeric_limits<float>::denorm_min();
    const std::vector<float> values{0, -0.0f, tiniest, -tiniest, 0x1p-138f, 0x1p-137f, -0x1p-140f};
    const Histogram histogram = histogramOf(values);
    EXPECT_EQ(histogram.zeros(), 2u);
    expectEqual(histogram, ReferenceHistogram(values));
    EXPECT_EQ(histogram.topOctave(), 0);
    ASSERT_EQ(histogram.bins().size(), 3u);
    EXPECT_EQ(histogram.bins()[0].count, 2u);  // of -2^-149 and -2^-140
    EXPECT_EQ(histogram.bins()[1].lower(), 0.0);
    EXPECT_EQ(histogram.bins()[1].upper(), 0x1p-137);
    EXPECT_EQ(histogram.bins()[1].count, 2u);
}

TEST(Histogram, TellsNanOfSmallPayloadFromInfinity) {
    const std::vector<float> values{kInfinity,
                                    -kInfinity,
                                    -kInfinity,
                                    fromBits(0x7f800001u),
                                    fromBits(0xff800fffu),
                                    fromBits(0x7fc00000u),
                                    fromBits(0xffffffffu),
                                    1};
    const Histogram histogram = histogramOf(values);
    EXPECT_EQ(histogram.positiveInfinities(), 1u);
    EXPECT_EQ(histogram.negativeInfinities(), 2u);
    EXPECT_EQ(histogram.infinities(), 3u);
    EXPECT_EQ(histogram.nan(), 4u);
    EXPECT_EQ(histogram.finiteCount(), 1u);
    EXPECT_EQ(histogram.amax(), 1.0f);
    for (const float value : values) {
        Histogram single;
        single.add(value, 3);
        EXPECT_EQ(single.count(), 3u);
        expectEqual(single, ReferenceHistogram({value, value, value}));
    }
}

TEST(Histogram, HasNoNegativeZeroAsAnExtreme) {
    for (const std::vector<float>& values :
         {std::vector<float>{-0.0f}, {-0.0f, 0.0f}, {0.0f, -0.0f}, {-0.0f, 1}, {-1, -0.0f}}) {
        expectEqual(histogramOf(values), ReferenceHistogram(values));
        EXPECT_FALSE(std::signbit(histogramOf(values).max()));
    }
    Histogram single;
    single.add(-0.0f, 2);
    EXPECT_FALSE(std::signbit(single.min()));
    EXPECT_EQ(single.zeros(), 2u);
}

TEST(Histogram, CountsBeyond32Bits) {
    const uint64_t many = (uint64_t{1} << 32) + 5;
    Histogram histogram;
    histogram.add(0.3f, many);
    histogram.add(0.3f, many);
    histogram.add(0, many);
    EXPECT_EQ(histogram.bins()[0].count, 2 * many);
    histogram.add(1e9f, 1);  // folded
    EXPECT_EQ(histogram.bins()[0].count, 2 * many);
    histogram.merge(Histogram(histogram));
    EXPECT_EQ(histogram.bins()[0].count, 4 * many);
    EXPECT_EQ(histogram.zeros(), 2 * many);
    EXPECT_EQ(histogram.count(), 6 * many + 2);
    histogram.add(5, 0);
    EXPECT_EQ(histogram.count(), 6 * many + 2);
}

TEST(Histogram, TheLastBinEndsAtTwoToThe128) {
    Histogram histogram;
    histogram.add(std::numeric_limits<float>::max(), 1);
    histogram.add(std::numeric_limits<float>::lowest(), 1);
    for (const Bin& bin : histogram.bins())
        EXPECT_EQ(bin.upper(), 0x1p128);
}

TEST(Histogram, TakesAsMuchMemoryAsItsContractSays) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> values(100000);
    for (float& value : values)
        value = normal(random);
    EXPECT_LE(histogramOf(values).byteSize(), 185u << 10);
    for (float& value : values)
        value = std::abs(value);
    EXPECT_LE(histogramOf(values).byteSize(), 100u << 10);
}

}  // namespace
}  // namespace clipscope::histogram
