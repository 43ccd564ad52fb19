// SPDX-License-Identifier: Apache-2.0
// The order that inputs sent ahead keep, on a backend that does copies as late as it may.
#include "gpu/sender.h"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "analysis/tensor/memory_budget.h"
#include "gpu/staging.h"
#include "tests/gpu/delayed_backend.h"

namespace clipscope::gpu {
namespace {

using Inputs = std::map<std::string, Tensor>;

Tensor filled(float value, int64_t count = 1000) {
    return Tensor::of<float>({count}, std::vector<float>(static_cast<size_t>(count), value));
}

/// The float that lies at the beginning of a sent tensor's memory now, whatever was queued.
float firstOf(const Tensor& tensor) {
    float value = 0;
    std::memcpy(&value, tensor.bytes(), sizeof value);
    return value;
}

class SenderTest : public testing::Test {
protected:
    std::unique_ptr<runtime::SentInputs> send(float value, int64_t count = 1000) {
        return m_sender.send({{"x", filled(value, count)}});
    }
    /// A run that reads them.
    Tensor run(runtime::SentInputs& sent) {
        const Tensor x = sent.receive().at("x");
        m_backend->readNow(x.bytes());
        return x;
    }

    std::shared_ptr<DelayedBackend> m_backend = std::make_shared<DelayedBackend>();
    Pool m_pool{m_backend};
    Sender m_sender{m_backend, m_pool};
};

TEST_F(SenderTest, WorkWaitsForWhatItReads) {
    const auto sent = m_sender.send({{"a", filled(1)}, {"b", filled(2, 77)}});
    ASSERT_TRUE(sent);
    const Inputs& there = sent->receive();
    for (const auto& [name, value] : {std::pair("a", 1.0f), std::pair("b", 2.0f)}) {
        const Tensor& tensor = there.at(name);
        EXPECT_FALSE(tensor.isHost());
        EXPECT_EQ(tensor.shape(), (Shape{name[0] == 'a' ? 1000 : 77}));
        std::vector<float> values(static_cast<size_t>(tensor.elementCount()));
        m_backend->toHost(reinterpret_cast<std::byte*>(values.data()), tensor.bytes(),
                          tensor.byteSize());
        EXPECT_EQ(values, std::vector<float>(values.size(), value)) << name;
    }
}

TEST_F(SenderTest, PinnedMemoryIsFilledAgainOnlyWhenItWasCopied) {
    auto first = send(1);
    const Tensor x = run(*first);
    first.reset();
    auto second = send(2);
    run(*second);
    second.reset();
    EXPECT_NE(firstOf(x), 1.0f);  // nothing has made the backend copy yet
    const auto third = send(3);   // takes the first one's memory
    EXPECT_EQ(firstOf(x), 1.0f);  // copied before its pinned memory was filled again
    EXPECT_EQ(run(*third).bytes(), x.bytes());
    m_backend->synchronize();
    EXPECT_EQ(firstOf(x), 3.0f);
}

TEST_F(SenderTest, MemoryIsWrittenWhenTheWorkThatReadsItIsDone) {
    for (int i = 0; i < 6; ++i) {
        const auto sent = send(static_cast<float>(i));
        run(*sent);
    }
    EXPECT_EQ(m_backend->copies(Lane::Ahead), 6);
    EXPECT_EQ(m_backend->hurriedCopies(), 0);
}

// The pool hands out blocks that queued work still uses.
TEST_F(SenderTest, MemoryFromThePoolIsWaitedForToo) {
    std::vector<Buffer> used{m_pool.allocate(4096), m_pool.allocate(4096)};
    std::vector<const std::byte*> blocks;
    for (const Buffer& buffer : used) {
        blocks.push_back(buffer.data);
        m_backend->readNow(buffer.data);
    }
    used.clear();
    const auto sent = send(1, 1024);
    const std::byte* taken = sent->receive().at("x").bytes();
    EXPECT_NE(std::ranges::find(blocks, taken), blocks.end());
    EXPECT_EQ(m_backend->hurriedCopies(), 0);
}

TEST_F(SenderTest, LargerInputsTakeLargerMemory) {
    for (const int64_t count : {10, 5000, 100, 70000}) {
        const auto sent = send(static_cast<float>(count), count);
        ASSERT_TRUE(sent) << count;
        const Tensor x = run(*sent);
        m_backend->synchronize();
        EXPECT_EQ(firstOf(x), static_cast<float>(count));
    }
    EXPECT_EQ(m_backend->hurriedCopies(), 0);
}

TEST_F(SenderTest, TwoAreOnTheirWayAtMost) {
    const auto first = send(1);
    const auto second = send(2);
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(send(3));
}

TEST_F(SenderTest, FewIntegersStayOnTheHost) {
    const Tensor few = Tensor::of<int64_t>({3}, std::vector<int64_t>{1, 2, 3});
    EXPECT_FALSE(m_sender.send({{"few", few}}));
    const auto sent = m_sender.send({{"few", few}, {"x", filled(1)}});
    EXPECT_EQ(sent->receive().at("few").bytes(), few.bytes());
}

TEST(SenderMemory, PinnedMemoryCountsAgainstTheBudget) {
    const auto backend = std::make_shared<DelayedBackend>();
    const auto budget = std::make_shared<MemoryBudget>(10000, "a test");
    {
        Pool pool(backend);
        Sender sender(backend, pool);
        const Tensor small = filled(1);
        const Tensor large = filled(1, 5000);
        const MemoryBudget::Scope scope(budget);
        EXPECT_FALSE(sender.send({{"x", large}}));
        EXPECT_EQ(backend->pinnedBytes(), 0u);
        EXPECT_EQ(budget->used(), 0u);
        EXPECT_TRUE(sender.send({{"x", small}}));
        EXPECT_GE(budget->used(), small.byteSize());
        EXPECT_EQ(budget->used(), backend->pinnedBytes());
    }
    EXPECT_EQ(budget->used(), 0u);
    EXPECT_EQ(backend->pinnedBytes(), 0u);
    EXPECT_EQ(backend->liveBytes(), 0u);
}

TEST(SenderMemory, WithoutDeviceMemoryNothingIsSent) {
    const auto backend = std::make_shared<SteppedBackend>(1000);
    Pool pool(backend);
    Sender sender(backend, pool);
    EXPECT_FALSE(sender.send({{"x", filled(1)}}));
    EXPECT_EQ(backend->pinnedBytes(), 0u);
}

TEST(StagingTest, PinnedMemoryIsFilledAgainOnlyWhenItWasCopied) {
    const auto backend = std::make_shared<DelayedBackend>();
    Pool pool(backend);
    Staging staging(backend);
    std::vector<Buffer> blocks;
    for (int i = 0; i < 7; ++i) {
        blocks.push_back(pool.allocate(4096));
        const std::vector<std::byte> values(4096, std::byte(i));
        staging.copy(blocks.back().data, values.data(), values.size());
    }
    backend->synchronize();
    for (int i = 0; i < 7; ++i)
        EXPECT_EQ(std::count(blocks[static_cast<size_t>(i)].data,
                             blocks[static_cast<size_t>(i)].data + 4096, std::byte(i)),
                  4096);
}

TEST(StagingTest, LargeTensorsGoInPieces) {
    const auto backend = std::make_shared<DelayedBackend>();
    const auto budget = std::make_shared<MemoryBudget>(size_t{17} << 20, "a test");
    Pool pool(backend);
    {
        Staging staging(backend);
        const MemoryBudget::Scope scope(budget);
        std::vector<std::byte> values((size_t{20} << 20) + 13);
        for (size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<std::byte>(i * 2654435761u >> 13);
        const Buffer there = pool.allocate(values.size());
        staging.copy(there.data, values.data(), values.size());
        EXPECT_EQ(budget->used(), backend->pinnedBytes());
        EXPECT_GT(backend->copies(Lane::Work), 2);
        backend->synchronize();
        EXPECT_TRUE(std::equal(values.begin(), values.end(), there.data));
    }
    EXPECT_EQ(budget->used(), 0u);
    EXPECT_EQ(backend->pinnedBytes(), 0u);
}

}  // namespace
}  // namespace clipscope::gpu
