// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/base/parallel.h"
#include "analysis/histogram/counter.h"
#include "tests/analysis/histogram/reference_histogram.h"

namespace clipscope::histogram {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Bounds at bins' edges, inside of bins, within one bin, at and around 0, beyond all values.
const std::vector<Clamp> kClamps{
    {0.0f, kInfinity},  {-0.0f, 6.0f},           {0.0f, 6.0f},         {-1.0003f, 1.0003f},
    {1.5f, 1.5f},       {1.50001f, 1.50002f},    {-kInfinity, -0.1f},  {0x1p-149f, 0x1p-130f},
    {-1e-3f, 1e-30f},   {-3e38f, 3e38f},         {-kInfinity, 1e-20f}, {1e-6f, 1.0f},
    {-0x1p-149f, 0.0f}, {-kInfinity, kInfinity}, {2.0f, 1e30f},        {-6.0f, -0.0f}};

std::string nameOf(const Clamp& clamp) {
    return std::to_string(clamp.lo) + ".." + std::to_string(clamp.hi);
}

/// Parts of growing size, so that amax rises by some octaves at a time and by many, for each sign.
std::vector<std::vector<float>> parts() {
    std::vector<std::vector<float>> result;
    const std::vector<std::pair<float, float>> scales{
        {1e-38f, 1e-38f}, {1e-3f, 1e-3f}, {1e-2f, 1.0f}, {3.0f, 1.0f}, {5e4f, 8.0f}, {1e25f, 1e3f}};
    for (size_t p = 0; p < scales.size(); ++p) {
        std::vector<float> values = assortedValues(p % 2 == 0 ? 6000 : 900, 40 + p);
        for (float& value : values) {
            if (!std::isfinite(value) || std::fabs(value) > 100.0f)
                value = -0.0f;
            value *= value < 0 ? scales[p].first : scales[p].second;
        }
        values[7] = 0x1p-149f;
        values[8] = -0x1p-149f;
        result.push_back(values);
    }
    return result;
}

std::vector<float> clampedValues(std::vector<float> values, const Clamp& clamp) {
    for (float& value : values)
        if (!std::isnan(value))
            value = std::min(std::max(value, clamp.lo), clamp.hi);
    return values;
}

void expectClamped(const Histogram& histogram, const std::vector<float>& values,
                   const Clamp& clamp) {
    SCOPED_TRACE(nameOf(clamp));
    expectEqual(histogram.clamped(clamp), ReferenceHistogram(clampedValues(values, clamp)));
}

TEST(HistogramClamped, FollowsFromBinsAtAnyTime) {
    for (const int threads : {1, 2, 5}) {
        setThreadCount(threads);
        for (const Clamp& clamp : kClamps) {
            Counter counter;
            Histogram histogram;
            histogram.keepFor(clamp);
            std::vector<float> all;
            for (const std::vector<float>& part : parts()) {
                counter.count(part, histogram);
                all.insert(all.end(), part.begin(), part.end());
                expectClamped(histogram, all, clamp);
            }
        }
    }
    setThreadCount(0);
}

TEST(HistogramClamped, TakesValuesThatAreNotFinite) {
    std::vector<float> values = assortedValues(30000, 5);
    for (const Clamp& clamp : kClamps) {
        Histogram histogram;
        histogram.keepFor(clamp);
        Counter().count(values, histogram);
        expectClamped(histogram, values, clamp);
    }
    for (const float value : {NAN, kInfinity, -kInfinity}) {
        Histogram histogram;
        histogram.keepFor({0.0f, 6.0f});
        histogram.add(value, 3);
        expectClamped(histogram, {value, value, value}, {0.0f, 6.0f});
    }
    EXPECT_TRUE(Histogram().clamped({1.0f, 6.0f}) == Histogram());
}

/// What is kept besides is not to be seen.
TEST(HistogramClamped, KeepingMoreChangesNothing) {
    Histogram keeping;
    Histogram plain;
    Counter counter;
    for (const Clamp& clamp : kClamps)
        keeping.keepFor(clamp);
    std::vector<float> all;
    for (const std::vector<float>& part : parts()) {
        counter.count(part, keeping);
        counter.count(part, plain);
        all.insert(all.end(), part.begin(), part.end());
        expectEqual(keeping, ReferenceHistogram(all));
        EXPECT_TRUE(keeping == plain);
        EXPECT_TRUE(plain == keeping);
    }
    for (const Clamp& clamp : kClamps)
        expectClamped(keeping, all, clamp);
    EXPECT_GT(keeping.byteSize(), plain.byteSize());
    Histogram merged = keeping;
    merged.merge(plain);
    plain.merge(keeping);
    EXPECT_TRUE(merged == plain);
    keeping.narrow();
    EXPECT_EQ(keeping.byteSize(), merged.byteSize());
}

TEST(HistogramClamped, OneAfterAnother) {
    for (const Clamp& first : kClamps)
        for (const Clamp& next : kClamps)
            for (const float x : {-kInfinity, -7.0f, -1.0001f, 0.0f, 1e-25f, 1.50001f, 40.0f})
                EXPECT_EQ(first.then(next)(x), next(first(x))) << nameOf(first) << nameOf(next);
}

}  // namespace
}  // namespace clipscope::histogram
