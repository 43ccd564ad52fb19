// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/lanes.h"

#include <algorithm>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/packed_weights.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kBatchesPerLane = 4;  ///< at least
constexpr size_t kMiB = size_t{1} << 20;

/// Bytes that the first batch of a lane may take, so that those of all lanes but one together take
/// 80 MiB and 8 MiB a lane at most. Weights that the caches cannot hold are better read once for a
/// large batch, by all threads together.
size_t mostBytes(size_t lanes, size_t weightBytes) {
    const size_t together = (80 * kMiB + 8 * kMiB * lanes) / (lanes - 1);
    return weightBytes <= 32 * kMiB ? together : std::min(24 * kMiB, together);
}

}  // namespace

Lane::Lane(std::unique_ptr<Executor> executor, size_t mostBytes) : m_executor(std::move(executor)) {
    m_executor->limitMemory(mostBytes);
}

template <typename Work>
void Lane::tryOut(Work&& work) {
    try {
        work();
    } catch (const Error& error) {
        if (!m_isTriedOut && error.code() == ErrorCode::OutOfMemory)
            throw TooLargeForLanes();
        throw;
    }
    if (!std::exchange(m_isTriedOut, true))
        m_executor->limitMemory(SIZE_MAX);
}

std::vector<Tensor> Lane::run(const std::map<std::string, Tensor>& inputs,
                              const CancellationToken& cancel) {
    std::vector<Tensor> outputs;
    tryOut([&] { outputs = m_executor->run(inputs, nullptr, cancel); });
    return outputs;
}

void Lane::runFor(const std::map<std::string, Tensor>& inputs, Observer& observer,
                  const CancellationToken& cancel) {
    tryOut([&] { m_executor->runFor(inputs, observer, cancel); });
}

std::vector<Lane> makeLanes(const Executor& executor, int64_t batches) {
    const auto count = static_cast<size_t>(threadCount());
    if (count < 2 || batches < kBatchesPerLane * threadCount() ||
        !executor.device().takesSeveralRuns() || !sharesAllWeights(executor.graph()))
        return {};
    std::vector<Lane> lanes;
    while (lanes.size() < count)
        lanes.emplace_back(executor.sibling(), mostBytes(count, executor.weightBytes()));
    return lanes;
}

}  // namespace clipscope::runtime
