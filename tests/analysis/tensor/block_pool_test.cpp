// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/block_pool.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/tensor/tensor.h"

namespace clipscope {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

#ifndef __SANITIZE_ADDRESS__  // which sees every block by itself
TEST(BlockPool, GivesTheLowestPlaceWithRoom) {
    BlockPool pool;
    const BlockPool::Block low = pool.take(4 * kMiB);
    const BlockPool::Block middle = pool.take(3 * kMiB - 5);
    const BlockPool::Block high = pool.take(kMiB);
    ASSERT_TRUE(low.data && middle.data && high.data);
    EXPECT_GE(middle.size, 3 * kMiB - 5);
    for (const BlockPool::Block& block : {low, middle, high})
        EXPECT_EQ(std::bit_cast<uintptr_t>(block.data) % 64, 0u);
    std::memset(low.data, 1, low.size);
    std::memset(middle.data, 2, middle.size);
    EXPECT_EQ(static_cast<const char*>(low.data)[low.size - 1], 1);
    pool.give(middle);
    EXPECT_EQ(pool.take(middle.size).data, middle.data);
    pool.give(middle);
    pool.give(low);  // which makes one place of both
    EXPECT_EQ(pool.kept(), low.size + middle.size);
    const BlockPool::Block both = pool.take(low.size + middle.size);
    EXPECT_EQ(both.data, low.data);
    EXPECT_EQ(pool.kept(), 0u);
    pool.give(high);
    pool.give(both);
    EXPECT_EQ(pool.kept(), low.size + middle.size + high.size);
    EXPECT_EQ(pool.take(100 * kMiB).data, low.data);  // what it lacks is opened behind it
}

TEST(BlockPool, JoinsAPlaceWithTheNextAndWithThoseOnBothSides) {
    BlockPool pool;
    std::array<BlockPool::Block, 4> blocks;
    for (BlockPool::Block& block : blocks)
        block = pool.take(kMiB);
    pool.give(blocks[1]);
    pool.give(blocks[0]);
    pool.give(pool.take(2 * kMiB));
    EXPECT_EQ(pool.take(2 * kMiB).data, blocks[0].data);
    pool.give(blocks[3]);
    pool.give({blocks[0].data, 2 * kMiB});
    pool.give(blocks[2]);
    EXPECT_EQ(pool.take(4 * kMiB).data, blocks[0].data);
}

TEST(BlockPool, KeepsLittleMoreThanWasUsedAtOneTime) {
    BlockPool pool;
    std::vector<BlockPool::Block> between;
    for (size_t size = 1; size < 100; ++size) {  // no place that is kept suffices for the next
        const BlockPool::Block block = pool.take(size * kMiB);
        between.push_back(pool.take(kMiB / 4));
        pool.give(block);
    }
    EXPECT_LE(pool.kept(), (99 + 25 + 64) * kMiB);
    EXPECT_GT(pool.kept(), 99 * kMiB);
    pool.trim();
    EXPECT_EQ(pool.kept(), 0u);
    const BlockPool::Block again = pool.take(kMiB);  // of pages that were given back
    std::memset(again.data, 1, again.size);
    EXPECT_EQ(static_cast<const char*>(again.data)[again.size - 1], 1);
}

TEST(BlockPool, MemoryThatIsGivenBackTakesNone) {
    BlockPool pool;
    const BlockPool::Block block = pool.take(8 * kMiB);
    const BlockPool::Block beside = pool.take(kMiB);
    std::memset(block.data, 1, block.size);
    std::memset(beside.data, 2, beside.size);
    pool.give(block);
    pool.trim();
    EXPECT_EQ(static_cast<const char*>(pool.take(8 * kMiB).data)[4 * kMiB], 0);  // a new page
    EXPECT_EQ(static_cast<const char*>(beside.data)[0], 2);
    EXPECT_EQ(static_cast<const char*>(beside.data)[beside.size - 1], 2);
}

TEST(BlockPool, GivesBackWhatLiesBehindAPlaceThatWasGivenBack) {
    BlockPool pool;
    const BlockPool::Block low = pool.take(8 * kMiB);
    const BlockPool::Block high = pool.take(8 * kMiB);
    std::memset(high.data, 1, high.size);
    pool.give(low);
    pool.trim();
    EXPECT_EQ(pool.kept(), 0u);
    pool.give(high);  // one place, whose first half has no pages
    EXPECT_EQ(pool.kept(), high.size);
    EXPECT_EQ(pool.take(low.size).data, low.data);
    EXPECT_EQ(pool.kept(), high.size);
    pool.trim();
    EXPECT_EQ(pool.kept(), 0u);
    EXPECT_EQ(*static_cast<const char*>(pool.take(high.size).data), 0);  // a new page
}

TEST(BlockPool, RefusesWhatThereIsNoMemoryFor) {
    BlockPool pool;
    EXPECT_EQ(pool.take(size_t{1} << 60).data, nullptr);
    EXPECT_EQ(pool.take(SIZE_MAX).data, nullptr);
    EXPECT_EQ(pool.kept(), 0u);
    EXPECT_NE(pool.take(kMiB).data, nullptr);
}

TEST(BlockPool, TensorsUseItsBlocksAgain) {
    const std::byte* first = Tensor(DType::Float32, {1 << 20}).bytes();
    EXPECT_EQ(Tensor(DType::Float32, {1 << 20}).bytes(), first);
}
#endif

TEST(BlockPool, SmallBlocksAreNotKept) {
    BlockPool pool;
    pool.give(pool.take(100));
    pool.give(pool.take(0));
    EXPECT_EQ(pool.kept(), 0u);
}

}  // namespace
}  // namespace clipscope
