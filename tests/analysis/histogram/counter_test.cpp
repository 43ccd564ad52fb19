// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/counter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "analysis/base/parallel.h"
#include "tests/analysis/histogram/reference_histogram.h"

namespace clipscope::histogram {
namespace {

std::vector<float> mixed(size_t count) {
    std::vector<float> values = assortedValues(count, 11);
    for (size_t i = count / 4; i < count / 2; ++i)  // runs, of zeros too
        values[i] = (i / 100) % 3 == 0 ? 0.0f : 1.5f;
    return values;
}

// Up to a few thousand values are added at once, more go through the tables.
TEST(Counter, EqualsTheDefinitionAtEverySize) {
    Counter counter;
    for (const size_t count : {0, 1, 15, 1023, 1024, 1025, 1087, 1089, 8200, 20000, 100000}) {
        SCOPED_TRACE(count);
        const std::vector<float> values = mixed(count);
        Histogram target;
        counter.count(values, target);
        expectEqual(target, ReferenceHistogram(values));
    }
}

TEST(Counter, TellsTheCornersApart) {
    std::vector<float> values(20000, fromBits(0x7f800001u));
    for (size_t i = 0; i < 6000; i += 6) {
        values[i] = 0;
        values[i + 1] = -0.0f;
        values[i + 2] = 0x1p-140f;
        values[i + 3] = -0x1p-149f;
        values[i + 4] = std::numeric_limits<float>::infinity();
        values[i + 5] = -std::numeric_limits<float>::infinity();
    }
    Counter counter;
    Histogram target;
    counter.count(values, target);
    EXPECT_EQ(target.zeros(), 2000u);
    EXPECT_EQ(target.positiveInfinities(), 1000u);
    EXPECT_EQ(target.negativeInfinities(), 1000u);
    EXPECT_EQ(target.nan(), 14000u);
    expectEqual(target, ReferenceHistogram(values));
}

TEST(Counter, AddsToWhatATargetHolds) {
    const std::vector<float> values = mixed(30000);
    Counter counter;
    Histogram target;
    target.add(1e-30f, 7);
    counter.count(std::span(values).first(12000), target);
    counter.count(std::span(values).subspan(12000, 100), target);
    counter.count(std::span(values).subspan(12100), target);
    std::vector<float> all = values;
    all.insert(all.end(), 7, 1e-30f);
    expectEqual(target, ReferenceHistogram(all));
    Histogram next;
    counter.count(std::span(values).first(9000), next);
    expectEqual(next, ReferenceHistogram({values.begin(), values.begin() + 9000}));
}

// Octaves that the target keeps coarse already are counted as coarse ones, until they are needed
// finer for another target.
TEST(Counter, CountsAsCoarselyAsTheTargetDoes) {
    Counter counter;
    std::vector<float> values = mixed(30000);
    std::erase_if(values, [](float value) { return !std::isfinite(value); });
    for (float& value : values)
        value = std::clamp(value, -100.0f, 100.0f);
    for (const float most : {1e-30f, 1.0f, 100.0f, 30000.0f, 3e38f}) {
        SCOPED_TRACE(most);
        std::vector<float> all = values;
        all.push_back(most);
        Histogram target;
        target.add(most, 1);
        counter.count(values, target);
        expectEqual(target, ReferenceHistogram(all));
        counter.count(all, target);
        all.insert(all.end(), values.begin(), values.end());
        all.push_back(most);
        expectEqual(target, ReferenceHistogram(all));
    }
}

TEST(Counter, FlushesBeforeItsCountsOverflow) {
    // The tables hold 5,000 values at most; 2^32 are counted the same way, only rarer.
    const std::vector<float> values = mixed(100000);
    Counter counter(5000);
    Histogram target;
    counter.count(values, target);
    expectEqual(target, ReferenceHistogram(values));
    EXPECT_EQ(Counter::kMostPending, std::numeric_limits<uint32_t>::max());
}

/// Whose counts go beyond 16 bits, in runs and one by one, again and again with the same tables.
TEST(Counter, CountsAsManyEqualValuesAsThereAre) {
    std::vector<float> often = mixed(1500000);
    const std::array<float, 6> most{1.5f, -2.0f, 0.0f, 1e-20f, NAN, HUGE_VALF};
    for (size_t i = 0; i < 1000000; ++i)
        often[i] = most[i % most.size()];
    const std::vector<float> mostlyOne(500000, -0.75f);
    const std::vector<float> once = mixed(70000);
    for (const int threads : {1, 2, 5}) {
        SCOPED_TRACE(threads);
        const ThreadCountScope scope(threads);
        Counter counter;
        for (const std::vector<float>& values : {often, once, mostlyOne, often}) {
            Histogram target;
            counter.count(values, target);
            expectEqual(target, ReferenceHistogram(values));
        }
    }
}

TEST(Counter, GivesOneResultForAnyNumberOfThreads) {
    const std::vector<float> values = mixed(1000000);
    const ReferenceHistogram reference(values);
    for (const int threads : {1, 2, 3, 7}) {
        setThreadCount(threads);
        Counter counter;
        Histogram target;
        counter.count(values, target);
        expectEqual(target, reference);
        Histogram small;
        counter.count(std::span(values).first(1000), small);
        expectEqual(small, ReferenceHistogram({values.begin(), values.begin() + 1000}));
    }
    setThreadCount(0);
}

TEST(Counter, TellsWhetherAllValuesAreFinite) {
    for (const size_t count : {500, 50000}) {
        std::vector<float> values(count, 1.5f);
        Histogram target;
        EXPECT_TRUE(Counter().count(values, target));
        for (const float value : {std::numeric_limits<float>::infinity(),
                                  -std::numeric_limits<float>::infinity(), NAN}) {
            values[count / 2] = value;
            EXPECT_FALSE(Counter().count(values, target));
        }
    }
}

TEST(OctaveCounts, KeepsCountsBeyond32Bits) {
    OctaveCounts counts(kFineBins);
    std::vector<uint32_t> some(kFineBins, 0x90000000u);
    some[5] = 7;
    counts.add(some);
    counts.add(some);
    counts.add(5, uint64_t{1} << 40);
    EXPECT_EQ(counts[0], 0x120000000u);
    EXPECT_EQ(counts[5], (uint64_t{1} << 40) + 14);
    OctaveCounts folded(kCoarseBins);
    folded.add(some);
    EXPECT_EQ(folded[0], 15 * uint64_t{0x90000000u} + 7);
    EXPECT_EQ(folded[127], 16 * uint64_t{0x90000000u});
    folded.add(counts);
    EXPECT_EQ(folded[0], 15 * uint64_t{0x1b0000000u} + 21 + (uint64_t{1} << 40));
    EXPECT_EQ(folded[127], 16 * uint64_t{0x1b0000000u});
}

TEST(OctaveCounts, EndsWideningAt64Bits) {
    OctaveCounts counts(kCoarseBins);
    counts.add(1, 0xff);
    EXPECT_EQ(counts.bytes().size(), kCoarseBins);
    counts.add(1, 0xff00);
    EXPECT_EQ(counts.bytes().size(), 2 * kCoarseBins);
    counts.add(1, 1);
    EXPECT_EQ(counts.bytes().size(), 4 * kCoarseBins);
    counts.add(1, uint64_t{1} << 40);
    EXPECT_EQ(counts.bytes().size(), 8 * kCoarseBins);
    counts.add(1, -(uint64_t{1} << 40) - 1);
    counts.add(std::vector<uint32_t>(kCoarseBins, 0));
    EXPECT_EQ(counts[1], 0xffffu);
    OctaveCounts narrow(kCoarseBins);
    narrow.add(1, 0xffff);
    EXPECT_EQ(counts, narrow);
}

/// No count may be lost where one wraps round that the others do not need room for.
TEST(OctaveCounts, AddsUpInAWidthThatHoldsTheSums) {
    OctaveCounts counts(kFineBins);
    for (uint64_t added = 1; added <= 1500; ++added) {
        std::vector<uint16_t> some(kFineBins);
        some[added % 2 == 0 ? 40 : 1000] = 1;
        counts.take(std::span(some));
        ASSERT_EQ(counts[40], added / 2);
        ASSERT_EQ(counts[1000], (added + 1) / 2);
        if (added < 510)
            ASSERT_EQ(counts.bytes().size(), kFineBins) << added;
        else  // it may be wider as soon as the sums could need it
            ASSERT_LE(counts.bytes().size(), 2 * kFineBins) << added;
    }
    EXPECT_EQ(counts.used(), 2u);
    std::vector<uint16_t> many(kFineBins, 65000);
    counts.take(std::span(many));
    EXPECT_EQ(counts[40], 65750u);
    EXPECT_EQ(counts[41], 65000u);
    EXPECT_EQ(counts.bytes().size(), 4 * kFineBins);
}

TEST(OctaveCounts, TakesCountsOfEitherWidth) {
    std::vector<uint16_t> narrow(kFineBins, 0xffff);
    std::vector<uint32_t> wide(kFineBins, 3);
    narrow[9] = 0;
    OctaveCounts counts(kFineBins);
    counts.add(8, 0xffffffffu);
    OctaveCounts folded(kCoarseBins);
    for (int i = 0; i < 2; ++i) {
        std::vector<uint16_t> a = narrow;
        std::vector<uint32_t> b = wide;
        counts.take(std::span(a));
        counts.take(std::span(b));
        EXPECT_EQ(std::ranges::count(a, 0), std::ssize(a));
        EXPECT_EQ(std::ranges::count(b, 0u), std::ssize(b));
        a = narrow;
        folded.take(std::span(a));
        EXPECT_EQ(std::ranges::count(a, 0), std::ssize(a));
    }
    EXPECT_EQ(counts[7], 2u * 0xffff + 6);
    EXPECT_EQ(counts[8], 0xffffffffu + uint64_t{2} * 0xffff + 6);
    EXPECT_EQ(counts[9], 6u);
    EXPECT_EQ(folded[0], 2u * 15 * 0xffff);
    EXPECT_EQ(folded[1], 2u * 16 * 0xffff);
}

TEST(Extent, EqualsItsDefinition) {
    for (uint32_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE(seed);
        std::vector<float> values = assortedValues(seed * 7, seed);
        if (seed % 3 == 0)  // all finite, of one sign
            for (float& value : values)
                value = std::isfinite(value) ? -std::abs(value) : -1;
        const ReferenceHistogram reference(values);
        const Extent extent = extentOf(values);
        EXPECT_EQ(extent.finite, reference.finite);
        EXPECT_EQ(extent.min, reference.min);
        EXPECT_EQ(extent.max, reference.max);
        EXPECT_EQ(extent.amax(), std::max(-reference.min, reference.max));
    }
    const std::vector<float> none{std::nanf(""), std::numeric_limits<float>::infinity()};
    EXPECT_EQ(extentOf(none).finite, 0u);
    EXPECT_EQ(extentOf(none).amax(), 0.0f);
    EXPECT_EQ(extentOf({}).finite, 0u);
    EXPECT_FALSE(std::signbit(extentOf(std::vector<float>{-0.0f}).min));
}

TEST(Extent, IncludesAnother) {
    Extent extent;
    extent.include({});
    EXPECT_EQ(extent.finite, 0u);
    extent.include({3, 5, 2});
    extent.include({});
    EXPECT_EQ(extent.min, 3.0f);
    extent.include({-7, 4, 1});
    EXPECT_EQ(extent.min, -7.0f);
    EXPECT_EQ(extent.max, 5.0f);
    EXPECT_EQ(extent.finite, 3u);
    EXPECT_EQ(extent.amax(), 7.0f);
}

}  // namespace
}  // namespace clipscope::histogram
