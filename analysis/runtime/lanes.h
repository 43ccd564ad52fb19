// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/runtime/executor.h"

namespace clipscope::runtime {

/// Batches are so large that as many at once as there are lanes would take much more memory than
/// one: everything has to be run again on all threads together.
struct TooLargeForLanes {};

/// One of several executors of a model that run whole batches side by side, each on one thread. No
/// thread then waits for another at each node, and what a batch makes stays in the caches of one
/// core.
class Lane {
public:
    Lane(std::unique_ptr<Executor> executor, size_t mostBytes);

    /// As those of Executor, on a thread that has a ThreadCountScope of 1; throws TooLargeForLanes
    /// where the first batch is.
    std::vector<Tensor> run(const std::map<std::string, Tensor>& inputs,
                            const CancellationToken& cancel);
    void runFor(const std::map<std::string, Tensor>& inputs, Observer& observer,
                const CancellationToken& cancel);

private:
    template <typename Work>
    void tryOut(Work&& work);

    std::unique_ptr<Executor> m_executor;
    bool m_isTriedOut = false;
};

/// As many lanes as there are threads; none where they do not pay: one thread, few batches in all
/// (of which the last would leave threads idle), a device that takes one run at a time, or weights
/// that each executor would hold by itself. This depends on the model and on what was asked for
/// alone, not on how the batches are shared out, since another number of threads may make other
/// floats.
std::vector<Lane> makeLanes(const Executor& executor, int64_t batches);

}  // namespace clipscope::runtime
