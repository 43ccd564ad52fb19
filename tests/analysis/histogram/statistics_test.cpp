// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/statistics.h"

#include <gtest/gtest.h>

#include "analysis/base/error.h"

namespace clipscope::histogram {
namespace {

TensorStatistics statisticsOf(std::vector<TensorStatistics::SampleAmax> samples) {
    TensorStatistics result;
    for (const auto& sample : samples)
        result.histogram.add(sample.amax, 1);
    result.sampleAmax = std::move(samples);
    return result;
}

TensorStatistics together(TensorStatistics a, const TensorStatistics& b) {
    a.merge(b);
    return a;
}

void expectEqual(const TensorStatistics& a, const TensorStatistics& b) {
    EXPECT_EQ(a.histogram, b.histogram);
    EXPECT_EQ(a.sampleAmax, b.sampleAmax);
    EXPECT_EQ(a.channels, b.channels);
    ASSERT_EQ(a.exactAbs.has_value(), b.exactAbs.has_value());
    if (a.exactAbs) {
        EXPECT_EQ(a.exactAbs->counts, b.exactAbs->counts);
        EXPECT_EQ(a.exactAbs->hi, b.exactAbs->hi);
    }
}

TEST(TensorStatistics, NamesTheFirstSampleOfTheLargestAmax) {
    EXPECT_FALSE(TensorStatistics().amaxSample());
    const auto found = statisticsOf({{3, 1}, {5, 7}, {6, 2}, {9, 7}}).amaxSample();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->sample, 5);
    EXPECT_EQ(found->amax, 7.0f);
    const TensorStatistics late = statisticsOf({{9, 7}});
    const TensorStatistics early = statisticsOf({{5, 7}});
    EXPECT_EQ(together(late, early).amaxSample()->sample, 5);
    EXPECT_EQ(together(early, late).amaxSample()->sample, 5);
}

TEST(TensorStatistics, MergesInAnyOrder) {
    TensorStatistics a = statisticsOf({{0, 2}, {4, 1}});
    TensorStatistics b = statisticsOf({{1, 8}});
    TensorStatistics c = statisticsOf({{2, 0}, {3, 0}});
    a.channels = {{-1, 2}, {}, {}};
    b.channels = {{-2, 1}, {3, 8}, {}};
    a.exactAbs = EqualBins{0, 8, {1, 1, 0, 0}};
    b.exactAbs = EqualBins{0, 8, {0, 0, 0, 1}};
    c.exactAbs = EqualBins{0, 0, {2, 0, 0, 0}};
    const TensorStatistics all = together(together(a, b), c);
    expectEqual(all, together(a, together(b, c)));
    expectEqual(all, together(c, together(b, a)));
    expectEqual(all, together(together(b, c), a));
    expectEqual(all, together(TensorStatistics(), all));
    expectEqual(all, together(all, TensorStatistics()));
    EXPECT_EQ(all.sampleAmax,
              (std::vector<TensorStatistics::SampleAmax>{{0, 2}, {1, 8}, {2, 0}, {3, 0}, {4, 1}}));
    EXPECT_EQ(all.channels, (std::vector<TensorStatistics::Range>{{-2, 2}, {3, 8}, {}}));
    EXPECT_EQ(all.exactAbs->counts, (std::vector<uint64_t>{3, 1, 0, 1}));
    EXPECT_EQ(all.histogram.finiteCount(), 5u);
}

TEST(TensorStatistics, DropsExactBinsThatCannotBeAdded) {
    TensorStatistics a = statisticsOf({{0, 2}});
    TensorStatistics b = statisticsOf({{1, 3}});
    const TensorStatistics none = statisticsOf({{2, 1}});
    a.exactAbs = EqualBins{0, 2, {0, 1}};
    b.exactAbs = EqualBins{0, 3, {0, 1}};
    EXPECT_FALSE(together(a, b).exactAbs);
    EXPECT_FALSE(together(a, none).exactAbs);
    EXPECT_FALSE(together(none, a).exactAbs);
    b.exactAbs = EqualBins{0, 2, {0, 0, 1}};
    EXPECT_FALSE(together(a, b).exactAbs);
}

TEST(TensorStatistics, RefusesWhatDoesNotBelongTogether) {
    TensorStatistics a = statisticsOf({{0, 2}, {7, 1}});
    const TensorStatistics before = a;
    EXPECT_THROW(a.merge(statisticsOf({{6, 1}, {7, 5}})), Error);
    expectEqual(a, before);
    a.channels = {{0, 1}};
    TensorStatistics b = statisticsOf({{1, 2}});
    b.channels = {{0, 1}, {0, 1}};
    EXPECT_THROW(a.merge(b), Error);
}

}  // namespace
}  // namespace clipscope::histogram
