// SPDX-License-Identifier: Apache-2.0
// The observing kernels, stepped block by block and thread by thread, against the CPU's histogram.
#include "gpu/launch/observe.h"

#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "analysis/histogram/equal_bins.h"
#include "gpu/histogram_state.h"
#include "gpu/stepped_block.h"
#include "tests/normal_values.h"

namespace clipscope::gpu {
namespace {

using histogram::Histogram;
using Values = std::vector<float>;

constexpr float kInf = std::numeric_limits<float>::infinity();

/// One tensor's state as it lies on a device.
struct Counted {
    std::vector<uint64_t> counts = std::vector<uint64_t>(kKeys / 2);
    std::vector<uint32_t> touched = std::vector<uint32_t>(kSignedOctaves);
    std::unique_ptr<StoredHistogram> stored = std::make_unique<StoredHistogram>();
    Queue queue{nullptr, 3, 228u << 10};

    uint32_t epoch = 0;

    CountTable table() {
        return {reinterpret_cast<uint32_t*>(counts.data()), touched.data(), ++epoch};
    }
    void add(const Values& values, const ObservedLayout& layout,
             const ObservedRanges& ranges = {}) {
        ASSERT_EQ(layout.count(), static_cast<int64_t>(values.size()));
        count(queue, values.data(), layout, table(), ranges, stored.get());
        EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), uint64_t{0}), 0u);
    }
    void add(const Values& values) {
        const auto size = static_cast<int64_t>(values.size());
        add(values, ObservedLayout::ofRows(1, size, 1, 0));
    }
};

/// Every bit pattern is as likely as any other: all octaves, NaNs, infinities, denormals.
Values anyBits(size_t count, uint32_t seed) {
    std::mt19937 random(seed);
    Values values(count);
    for (float& value : values)
        value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    return values;
}

Values corners() {
    Values values{0.0f,
                  -0.0f,
                  kInf,
                  -kInf,
                  std::numeric_limits<float>::max(),
                  std::numeric_limits<float>::lowest(),
                  std::numeric_limits<float>::min(),
                  -std::numeric_limits<float>::min(),
                  std::numeric_limits<float>::denorm_min(),
                  -std::numeric_limits<float>::denorm_min()};
    for (const uint32_t bits : {0x7f800001u, 0xff800001u, 0x7fffffffu, 0xffffffffu, 0x00000fffu,
                                0x00001000u, 0x807fffffu, 0x3f7fffffu, 0x3f800000u})
        values.push_back(std::bit_cast<float>(bits));
    return values;
}

void expectSame(const std::vector<Values>& tensors, size_t sharedBytes) {
    Histogram expected;
    for (const Values& values : tensors)
        expected.add(values);
    for (const auto order :
         {SteppingOrder::Forward, SteppingOrder::Backward, SteppingOrder::Shuffled}) {
        steppingOrder() = order;
        Counted counted;
        counted.queue.sharedBytes = sharedBytes;
        for (const Values& values : tensors)
            counted.add(values);
        const Histogram got = histogramOf(*counted.stored);
        EXPECT_EQ(got.min(), expected.min());
        EXPECT_EQ(got.max(), expected.max());
        EXPECT_EQ(got.count(), expected.count());
        EXPECT_TRUE(got == expected)
            << "order " << static_cast<int>(order) << ", " << sharedBytes << " bytes shared";
    }
    steppingOrder() = SteppingOrder::Forward;
}

/// Shared memory of compute capability 7.5, 8.6 and 9.0, and too little for any window.
void expectSame(const std::vector<Values>& tensors) {
    for (const size_t sharedBytes : {64u << 10, 99u << 10, 227u << 10, 1u << 10})
        expectSame(tensors, sharedBytes);
}

TEST(ObserveStepped, OddSizes) {
    for (const size_t count : {1u, 2u, 31u, 32u, 33u, 127u, 1023u, 1024u, 1025u, 4099u, 65537u})
        expectSame({normal(count, static_cast<uint32_t>(count))}, 227u << 10);
}

TEST(ObserveStepped, DistributionsAndWindows) {
    expectSame({normal(40003, 1)});
    Values relu = normal(40003, 2);
    for (float& value : relu)
        value = std::max(value, 0.0f);
    expectSame({relu});
    Values negative = relu;
    for (float& value : negative)
        value = -value;
    expectSame({negative});
}

TEST(ObserveStepped, EveryBitPattern) {
    expectSame({anyBits(50021, 3)});
    expectSame({corners()});
    Values sparse(30011, 0.0f);
    const Values some = corners();
    for (size_t i = 0; i < some.size(); ++i)
        sparse[i * 997 + 13] = some[i];
    expectSame({sparse});
}

TEST(ObserveStepped, Constants) {
    for (const float value : {0.0f, -0.0f, 1.0f, -3.5f, 1e-44f, kInf, -kInf, NAN})
        expectSame({Values(10007, value)});
}

TEST(ObserveStepped, DenormalsOnly) {
    std::mt19937 random(4);
    Values values(9001);
    for (float& value : values)
        value = std::bit_cast<float>(static_cast<uint32_t>(random()) & 0x807fffffu);
    expectSame({values});
}

// A launch that reaches a new octave folds what earlier ones left; some values only a window sees.
TEST(ObserveStepped, AmaxGrowsFromLaunchToLaunch) {
    std::vector<Values> tensors;
    for (const float scale : {1e-3f, 1.0f, 30.0f, 1e-2f, 5e4f, 1e20f, 1e-30f})
        tensors.push_back(normal(5003, 5, scale));
    expectSame(tensors);
    tensors.push_back(anyBits(5003, 6));
    expectSame(tensors);
}

// The value that sets amax is one that no sample of the tensor shows, or the only one it shows.
TEST(ObserveStepped, OutliersBesideTheSample) {
    Values values = normal(100003, 7, 1e-3f);
    values[1] = 1e6f;
    values[2] = -1e9f;
    expectSame({values});
    values = normal(100003, 8, 1e-6f);
    values[0] = 1e6f;
    expectSame({values});
}

// Four at a time needs alignment and rows of a multiple of four.
TEST(ObserveStepped, UnalignedTensors) {
    const Values values = normal(8192 + 1, 9);
    Counted counted;
    count(counted.queue, values.data() + 1, ObservedLayout::ofRows(1, 8192, 1, 0), counted.table(),
          {}, counted.stored.get());
    Histogram expected;
    expected.add(std::span(values).subspan(1));
    EXPECT_TRUE(histogramOf(*counted.stored) == expected);
}

struct Ranges {
    std::vector<uint32_t> largest, least, amax;
    ObservedRanges pointers() { return {largest.data(), least.data(), amax.data()}; }
};

/// Finite extremes of channels and amax of samples, by the definition.
void expectRanges(const Values& values, const ObservedLayout& layout, int64_t samples) {
    const auto channelOf = [&](int64_t i) {
        return layout.columnsAreChannels ? i % layout.length : i / layout.length % layout.channels;
    };
    const auto channels = static_cast<size_t>(layout.channels);
    Values min(channels, kInf), max(channels, -kInf), amax(static_cast<size_t>(samples));
    for (size_t i = 0; i < values.size(); ++i) {
        const auto at = static_cast<int64_t>(i);
        if (!std::isfinite(values[i]))
            continue;
        const auto c = static_cast<size_t>(channelOf(at));
        const auto s = static_cast<size_t>(at / layout.length / layout.rowsPerSample);
        min[c] = std::min(min[c], values[i]);
        max[c] = std::max(max[c], values[i]);
        amax[s] = std::max(amax[s], std::abs(values[i]));
    }
    for (const auto order : {SteppingOrder::Forward, SteppingOrder::Shuffled}) {
        steppingOrder() = order;
        Counted counted;
        Ranges ranges{std::vector<uint32_t>(channels), std::vector<uint32_t>(channels),
                      std::vector<uint32_t>(static_cast<size_t>(samples))};
        counted.add(values, layout, ranges.pointers());
        for (size_t c = 0; c < channels; ++c) {
            const auto range = rangeOf(ranges.largest[c], ranges.least[c]);
            ASSERT_EQ(range.seen(), min[c] <= max[c]) << "channel " << c;
            if (range.seen()) {
                ASSERT_EQ(range.min, min[c]) << "channel " << c;
                ASSERT_EQ(range.max, max[c]) << "channel " << c;
            }
        }
        for (size_t s = 0; s < amax.size(); ++s)
            ASSERT_EQ(std::bit_cast<float>(ranges.amax[s]), amax[s]) << "sample " << s;
        Histogram expected;
        expected.add(values);
        EXPECT_TRUE(histogramOf(*counted.stored) == expected);
    }
    steppingOrder() = SteppingOrder::Forward;
}

Values withHoles(size_t count, uint32_t seed) {
    Values values = normal(count, seed);
    for (size_t i = 0; i < count; i += 17)
        values[i] = i % 3 == 0 ? kInf : i % 3 == 1 ? -kInf : NAN;
    return values;
}

TEST(ObserveStepped, ChannelsAndSamplesOfRows) {
    for (const int64_t length : {1, 7, 49, 1023, 1025, 2048, 2049, 3136, 4100})
        for (const int64_t channels : {1, 3, 13}) {
            const int64_t samples = 3;
            const ObservedLayout layout =
                ObservedLayout::ofRows(samples * channels, length, channels, channels);
            expectRanges(withHoles(static_cast<size_t>(layout.count()), 10), layout, samples);
        }
}

TEST(ObserveStepped, ChannelsAndSamplesOfColumns) {
    for (const int64_t columns : {1, 10, 31, 32, 33, 100, 256, 260, 500})
        for (const int64_t rowsPerSample : {1, 5, 16, 17, 32, 33, 70}) {
            const int64_t samples = 3;
            const ObservedLayout layout =
                ObservedLayout::ofColumns(samples * rowsPerSample, columns, rowsPerSample);
            expectRanges(withHoles(static_cast<size_t>(layout.count()), 11), layout, samples);
        }
}

TEST(ObserveStepped, AChannelWithoutFiniteValuesIsNotSeen) {
    const Values values{1, kInf, -2, NAN, 0, -kInf};
    expectRanges(values, ObservedLayout::ofColumns(3, 2, 3), 1);
    EXPECT_FALSE(rangeOf(0, 0).seen());
}

TEST(ObserveStepped, ExactBinsEqualTheCpus) {
    for (const size_t bins : {1u, 100u, 2048u, 20000u}) {
        Values values = withHoles(30011, 12);
        values.push_back(0.0f);
        values.push_back(-0.0f);
        Histogram histogram;
        histogram.add(values);
        histogram::EqualBins expected{0.0, static_cast<double>(histogram.amax()),
                                      std::vector<uint64_t>(bins)};
        Values edges;
        for (size_t i = 0; i <= bins; ++i)
            edges.push_back(expected.edge(i));
        values.insert(values.end(), edges.begin(), edges.end());  // on the edges, too
        histogram::addExactAbs(values, expected);
        std::vector<uint64_t> got(bins);
        countExact(Queue{nullptr, 3, 48u << 10}, values.data(), static_cast<int64_t>(values.size()),
                   edges.data(), static_cast<int64_t>(bins), expected.hi, got.data());
        EXPECT_EQ(got, expected.counts) << bins << " bins";
    }
}

TEST(ObserveStepped, ExactBinsOfZeros) {
    const Values zeros(1001, -0.0f);
    const Values edges(17, 0.0f);
    std::vector<uint64_t> got(16);
    countExact(Queue(), zeros.data(), 1001, edges.data(), 16, 0.0, got.data());
    EXPECT_EQ(got[0], 1001u);
}

TEST(Ranks, OrderFloatsAndComeBack) {
    const Values ascending{-kInf, -1e30f, -1, -1e-44f, -0.0f, 0.0f, 1e-44f, 1, 1e30f, kInf};
    for (size_t i = 0; i < ascending.size(); ++i) {
        const uint32_t bits = bitsOf(ascending[i]);
        EXPECT_EQ(bitsOfRank(rankOf(bits)), bits);
        if (i > 0) {
            EXPECT_LT(rankOf(bitsOf(ascending[i - 1])), rankOf(bits));
        }
    }
}

}  // namespace
}  // namespace clipscope::gpu
