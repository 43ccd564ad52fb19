// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/block_pool.h"

#include <cstring>

#include <gtest/gtest.h>

#include "analysis/tensor/tensor.h"

namespace clipscope {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

#ifndef __SANITIZE_ADDRESS__  // which sees every block by itself
TEST(BlockPool, GivesTheSmallestKeptBlockThatSuffices) {
    BlockPool pool;
    const BlockPool::Block large = pool.take(4 * kMiB);
    const BlockPool::Block small = pool.take(3 * kMiB);
    ASSERT_TRUE(large.data && small.data);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(large.data) % 64, 0u);
    std::memset(large.data, 1, large.size);
    pool.give(large);
    pool.give(small);
    EXPECT_EQ(pool.kept(), 7 * kMiB);
    const BlockPool::Block again = pool.take(3 * kMiB - 5);
    EXPECT_EQ(again.data, small.data);
    EXPECT_EQ(again.size, 3 * kMiB);
    const BlockPool::Block tiny = pool.take(kMiB);  // most of what is kept would lie idle
    EXPECT_NE(tiny.data, large.data);
    pool.give(again);
    pool.give(tiny);
    pool.trim();
    EXPECT_EQ(pool.kept(), 0u);
}

TEST(BlockPool, KeepsLittleMoreThanWasUsedAtOneTime) {
    BlockPool pool;
    for (size_t size = 1; size < 200; ++size)  // no kept block fits the next
        pool.give(pool.take(size * kMiB));
    EXPECT_LE(pool.kept(), (199 + 64) * kMiB);
    pool.trim();
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
