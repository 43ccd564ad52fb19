// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "analysis/graph/graph.h"

namespace clipscope::runtime {

/// Whether input `i` of the node is a weight that devices repack into a layout of their own: those
/// of convolutions and matrix products. They are read once, in any alignment.
bool isPacked(const graph::Node& node, size_t i);

/// By value: float32 initializers that are read in that way only. They need no copy in memory
/// beside the packed one, and can stay in the mapped file.
std::vector<bool> packedValues(const graph::Graph& graph);

/// Whether no operator of the graph and its bodies keeps a form of its weights for each executor
/// (Weights::Kept), so that executors can share all that is made of them.
bool sharesAllWeights(const graph::Graph& graph);

/// What devices have repacked, so that executors that share their constants also share that: each
/// repacks what no other has, and all hold it together.
class PackedWeights {
public:
    /// What was made of the weights at `from` before, if somebody still holds it and `fits` accepts
    /// it; else what `make` makes now, which is remembered while somebody holds it. Searches the
    /// store of this thread's Scope, whose other users wait while `make` runs; outside of any Scope
    /// it always calls `make`.
    static std::shared_ptr<const void> findOrMake(
        const void* from, const std::function<bool(const void*)>& fits,
        const std::function<std::shared_ptr<const void>()>& make);

    /// While it lives, the store is that of this thread. Scopes nest.
    class Scope {
    public:
        explicit Scope(PackedWeights& store);
        ~Scope();
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        PackedWeights* m_outer;
    };

private:
    std::mutex m_mutex;
    std::multimap<const void*, std::weak_ptr<const void>> m_kept;  ///< by where they came from
};

}  // namespace clipscope::runtime
