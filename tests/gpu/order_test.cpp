// SPDX-License-Identifier: Apache-2.0
// What orders, sums up and scatters elements, stepped in every order and held against the
// definition.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "tests/gpu/stepped_test.h"

namespace clipscope::gpu {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

class SteppedOrder : public SteppedTest {};

INSTANTIATE_TEST_SUITE_P(All, SteppedOrder, everySteppingOrder());

/// Few values, so that many are equal, and all that is special.
std::vector<float> mixed(size_t count) {
    std::mt19937 random(static_cast<unsigned>(count));
    std::vector<float> values(count);
    for (float& value : values) {
        value = static_cast<float>(random() % 32) - 16;
        if (const auto special = random() % 64; special < 4)
            value = special == 0   ? kNan
                    : special == 1 ? kInfinity
                    : special == 2 ? -kInfinity
                                   : -0.0f;
    }
    return values;
}

/// The positions of `line`, the first of equals first, NaN above all.
std::vector<int64_t> sortedPositions(const std::vector<float>& line, bool largest) {
    std::vector<int64_t> positions(line.size());
    std::iota(positions.begin(), positions.end(), int64_t{0});
    const auto keyOf = [&](int64_t position) {
        const float value = line[static_cast<size_t>(position)];
        const double key = std::isnan(value)   ? std::numeric_limits<double>::max()
                           : std::isinf(value) ? std::copysign(1e300, value)
                                               : static_cast<double>(value);
        return largest ? -key : key;
    };
    std::ranges::stable_sort(positions, std::less(), keyOf);
    return positions;
}

struct Lines {
    int64_t outer, length, stride, k;
};

class SteppedTop : public SteppedOrder {
protected:
    void expectTop(const Lines& lines, bool largest) {
        const auto [outer, length, stride, k] = lines;
        const std::vector<float> all = mixed(static_cast<size_t>(outer * length * stride));
        const Tensor x = Tensor::of<float>({outer, length, stride}, all);
        Tensor values = m_device->allocate(DType::Float32, {outer, k, stride});
        Tensor indices = m_device->allocate(DType::Int64, {outer, k, stride});
        m_device->selectTop(1, largest, m_device->fromHost(x), values, indices);
        const Tensor best = m_device->toHost(values);
        const Tensor where = m_device->toHost(indices);
        for (int64_t o = 0; o < outer; ++o)
            for (int64_t s = 0; s < stride; ++s) {
                std::vector<float> line;
                for (int64_t i = 0; i < length; ++i)
                    line.push_back(all[static_cast<size_t>((o * length + i) * stride + s)]);
                const std::vector<int64_t> wanted = sortedPositions(line, largest);
                for (int64_t i = 0; i < k; ++i) {
                    const auto at = static_cast<size_t>((o * k + i) * stride + s);
                    const int64_t position = wanted[static_cast<size_t>(i)];
                    ASSERT_EQ(where.values<int64_t>()[at], position)
                        << length << " x " << stride << ", place " << i;
                    ASSERT_EQ(std::bit_cast<uint32_t>(best.values<float>()[at]),
                              std::bit_cast<uint32_t>(line[static_cast<size_t>(position)]));
                }
            }
    }
};

INSTANTIATE_TEST_SUITE_P(All, SteppedTop, everySteppingOrder());

TEST_P(SteppedTop, OfShortAndLongLines) {
    for (const bool largest : {true, false})
        for (const Lines& lines : {Lines{1, 1, 1, 1},
                                   {3, 2, 1, 1},
                                   {2, 13, 5, 13},
                                   {1, 15, 127, 3},
                                   {700, 5, 1, 2},
                                   {2, 2047, 1, 100},
                                   {1, 2048, 2, 2048},
                                   {3, 2049, 1, 31},
                                   {1, 9000, 2, 300}})
            expectTop(lines, largest);
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

TEST_P(SteppedTop, OfIntegersAndOfTypesWithoutAKernel) {
    for (const DType type : {DType::Int32, DType::Int64, DType::Int16}) {
        Tensor x(type, {3000});
        Tensor wide(DType::Int64, {3000});
        for (int64_t i = 0; i < 3000; ++i)
            wide.mutableValues<int64_t>()[static_cast<size_t>(i)] = i * 7919 % 3000 - 1500;
        runtime::Device& host = m_device->host();
        host.cast(wide, x);
        Tensor values = m_device->allocate(type, {2000});
        Tensor indices = m_device->allocate(DType::Int64, {2000});
        m_device->selectTop(0, true, m_device->fromHost(x), values, indices);
        Tensor best(DType::Int64, {2000});
        host.cast(m_device->toHost(values), best);
        const Tensor where = m_device->toHost(indices);
        for (int64_t i = 0; i < 2000; ++i) {
            ASSERT_EQ(best.values<int64_t>()[static_cast<size_t>(i)], 1499 - i);
            const int64_t position = where.values<int64_t>()[static_cast<size_t>(i)];
            ASSERT_EQ(position * 7919 % 3000 - 1500, 1499 - i);
        }
    }
    EXPECT_EQ(m_device->hostWork().calls, 1);
}

class SteppedSums : public SteppedOrder {
protected:
    void expectSumsInOrder(int64_t outer, int64_t length, int64_t stride) {
        std::vector<float> all = mixed(static_cast<size_t>(outer * length * stride));
        for (float& value : all)
            value = std::isfinite(value) ? value * 0.1f : 0.7f;
        const Tensor x = m_device->fromHost(Tensor::of<float>({outer, length, stride}, all));
        for (const bool exclusive : {false, true})
            for (const bool reverse : {false, true}) {
                Tensor y = m_device->allocate(DType::Float32, x.shape());
                m_device->cumulate(1, exclusive, reverse, x, y);
                const Tensor got = m_device->toHost(y);
                for (int64_t o = 0; o < outer; ++o)
                    for (int64_t s = 0; s < stride; ++s) {
                        float sum = 0;
                        for (int64_t k = 0; k < length; ++k) {
                            const int64_t i = reverse ? length - 1 - k : k;
                            const auto at = static_cast<size_t>((o * length + i) * stride + s);
                            const float before = sum;
                            sum += all[at];
                            ASSERT_EQ(got.values<float>()[at], exclusive ? before : sum);
                        }
                    }
            }
        EXPECT_EQ(m_device->hostWork().calls, 0);
    }
};

INSTANTIATE_TEST_SUITE_P(All, SteppedSums, everySteppingOrder());

TEST_P(SteppedSums, OfShortLinesAreAddedInTheirOrder) {
    expectSumsInOrder(3, 129, 7);
}

/// A thread takes a line, however long, where lines lie side by side and are 64 for each
/// multiprocessor or more.
TEST_P(SteppedSums, OfManyLinesSideBySideAreAddedInTheirOrder) {
    expectSumsInOrder(3, 1025, 64);
}

/// Whole numbers, whose sums are exact in any order, over several tiles of a block; of more lines
/// than the 48 blocks, too.
TEST_P(SteppedOrder, SumsUpLongLines) {
    for (const auto& [outer, length, stride] : {std::array<int64_t, 3>{1, 1025, 1},
                                                {3, 5000, 1},
                                                {2, 2049, 5},
                                                {7, 1024 * 3, 2},
                                                {50, 1025, 1},
                                                {101, 1025, 1}})
        for (const bool exclusive : {false, true})
            for (const bool reverse : {false, true}) {
                std::vector<float> all(static_cast<size_t>(outer * length * stride));
                std::mt19937 random(9);
                for (float& value : all)
                    value = static_cast<float>(random() % 33) - 16;
                Tensor y = m_device->allocate(DType::Float32, {outer, length, stride});
                m_device->cumulate(
                    1, exclusive, reverse,
                    m_device->fromHost(Tensor::of<float>({outer, length, stride}, all)), y);
                const Tensor got = m_device->toHost(y);
                for (int64_t line = 0; line < outer * stride; ++line) {
                    float sum = 0;
                    for (int64_t k = 0; k < length; ++k) {
                        const int64_t i = reverse ? length - 1 - k : k;
                        const auto at = static_cast<size_t>((line / stride * length + i) * stride +
                                                            line % stride);
                        const float before = sum;
                        sum += all[at];
                        ASSERT_EQ(got.values<float>()[at], exclusive ? before : sum);
                    }
                }
            }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

TEST_P(SteppedOrder, SumsOfIntegersWrap) {
    constexpr uint32_t kLength = 1500;
    Tensor x(DType::Int32, {2, kLength});
    std::ranges::fill(x.mutableValues<int32_t>(), std::numeric_limits<int32_t>::max());
    Tensor y = m_device->allocate(DType::Int32, x.shape());
    m_device->cumulate(1, false, false, m_device->fromHost(x), y);
    const Tensor got = m_device->toHost(y);
    for (uint32_t i = 0; i < kLength; ++i)
        ASSERT_EQ(static_cast<uint32_t>(got.values<int32_t>()[kLength + i]), 0x7fffffffu * (i + 1));
}

/// Updates that meet at few targets, in no order.
struct Updates {
    static constexpr int64_t kRun = 37;
    static constexpr int64_t kRows = 100;
    std::vector<int64_t> offsets;
    std::vector<float> values;
    std::vector<float> old;

    Updates() : values(mixed(300 * kRun)), old(mixed(kRows * kRun)) {
        std::mt19937 random(7);
        for (int i = 0; i < 300; ++i)
            offsets.push_back(static_cast<int64_t>(random() % 40) * 2 * kRun);
    }
};

TEST_P(SteppedOrder, ScattersInTheOrderOfTheUpdates) {
    using runtime::Scattering;
    const Updates updates;
    const auto combined = [](Scattering scattering, float old, float update) {
        switch (scattering) {
            case Scattering::Add:
                return old + update;
            case Scattering::Mul:
                return old * update;
            case Scattering::Max:
                return std::isnan(old) || old > update ? old : update;
            case Scattering::Min:
                return std::isnan(old) || old < update ? old : update;
            case Scattering::Replace:
                break;
        }
        return update;
    };
    for (const Scattering scattering : {Scattering::Replace, Scattering::Add, Scattering::Mul,
                                        Scattering::Max, Scattering::Min}) {
        std::vector<float> wanted = updates.old;
        for (size_t u = 0; u < updates.offsets.size(); ++u)
            for (int64_t r = 0; r < Updates::kRun; ++r) {
                float& to = wanted[static_cast<size_t>(updates.offsets[u] + r)];
                to = combined(scattering, to,
                              updates.values[u * Updates::kRun + static_cast<size_t>(r)]);
            }
        Tensor y =
            m_device->fromHost(Tensor::of<float>({Updates::kRows, Updates::kRun}, updates.old));
        m_device->scatter(
            scattering, updates.offsets, Updates::kRun,
            m_device->fromHost(Tensor::of<float>({300, Updates::kRun}, updates.values)), y);
        const Tensor got = m_device->toHost(y);
        for (size_t i = 0; i < wanted.size(); ++i)
            if (std::isnan(wanted[i]))
                ASSERT_TRUE(std::isnan(got.values<float>()[i])) << i;
            else
                ASSERT_EQ(got.values<float>()[i], wanted[i]) << i;
    }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

TEST_P(SteppedOrder, ScattersOverWhatLiesOnEitherSide) {
    const std::vector<int64_t> offsets{4, 1, 4};
    const Tensor updates = Tensor::of<int64_t>({3}, std::vector<int64_t>{10, 20, 30});
    Tensor few = m_device->allocate(DType::Int64, {5});
    ASSERT_TRUE(few.isHost());
    std::ranges::fill(few.mutableValues<int64_t>(), 7);
    m_device->scatter(runtime::Scattering::Add, offsets, 1, updates, few);
    EXPECT_TRUE(std::ranges::equal(few.values<int64_t>(), std::vector<int64_t>{7, 27, 7, 7, 47}));
    // Bytes have no kernel that combines; what is not written stays.
    Tensor start(DType::UInt8, {2000});
    std::ranges::fill(start.mutableValues<uint8_t>(), uint8_t{200});
    Tensor many = m_device->fromHost(start);
    ASSERT_FALSE(many.isHost());
    m_device->scatter(runtime::Scattering::Add, offsets, 1,
                      Tensor::of<uint8_t>({3}, std::vector<uint8_t>{10, 20, 30}), many);
    const Tensor got = m_device->toHost(many);
    EXPECT_EQ(got.values<uint8_t>()[4], 240);
    EXPECT_EQ(got.values<uint8_t>()[1], 220);
    EXPECT_EQ(std::ranges::count(got.values<uint8_t>(), uint8_t{200}), 1998);
    m_device->scatter(runtime::Scattering::Replace, offsets, 1,
                      Tensor::of<uint8_t>({3}, std::vector<uint8_t>{1, 2, 3}), many);
    EXPECT_EQ(m_device->toHost(many).values<uint8_t>()[4], 3);
}

}  // namespace
}  // namespace clipscope::gpu
