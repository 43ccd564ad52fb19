// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/packed_weights.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "analysis/runtime/registry.h"

namespace clipscope::runtime {
namespace {

Weights weightsOf(const graph::Node& node) {
    const OperatorRow* row = findOperator(node.domain, node.type, node.opset);
    return row ? row->weights : Weights::Read;
}

bool keepsWeights(const std::vector<graph::Node>& nodes) {
    return std::ranges::any_of(nodes, [](const graph::Node& node) {
        return weightsOf(node) == Weights::Kept ||
               std::ranges::any_of(
                   node.bodies, [](const graph::Body& body) { return keepsWeights(body.nodes); });
    });
}

/// Where no packing is needed the kernels read the weights themselves; SSE wants them aligned.
bool readsUnaligned() {
#ifdef __x86_64__
    return __builtin_cpu_supports("avx") != 0;
#else
    return true;
#endif
}

/// What is read in another way, also inside bodies.
void markOthers(const std::vector<graph::Node>& nodes, std::vector<bool>& others) {
    const auto mark = [&](graph::ValueId id) {
        if (id.isValid())
            others[id.value()] = true;
    };
    for (const graph::Node& node : nodes) {
        for (size_t i = 0; i < node.inputs.size(); ++i)
            if (!isPacked(node, i))
                mark(node.inputs[i]);
        for (const graph::Body& body : node.bodies) {
            markOthers(body.nodes, others);
            std::ranges::for_each(body.outputs, mark);
        }
    }
}

}  // namespace

bool isPacked(const graph::Node& node, size_t i) {
    return i == 1 && weightsOf(node) == Weights::Repacked;
}

bool sharesAllWeights(const graph::Graph& graph) {
    return !keepsWeights(graph.nodes);
}

std::vector<bool> packedValues(const graph::Graph& graph) {
    std::vector<bool> others(graph.values.size(), !readsUnaligned());
    markOthers(graph.nodes, others);
    for (const graph::ValueId output : graph.outputs)
        others[output.value()] = true;
    std::vector<bool> packed(graph.values.size());
    for (size_t v = 0; v < packed.size(); ++v)
        packed[v] = !others[v] && graph.values[v].initializer.type() == DType::Float32;
    return packed;
}

namespace {
thread_local PackedWeights* t_store = nullptr;
}  // namespace

std::shared_ptr<const void> PackedWeights::findOrMake(
    const void* from, const std::function<bool(const void*)>& fits,
    const std::function<std::shared_ptr<const void>()>& make) {
    if (!t_store)
        return make();
    auto& kept = t_store->m_kept;
    const std::scoped_lock lock(t_store->m_mutex);
    const auto [first, last] = kept.equal_range(from);
    for (auto it = first; it != last;) {
        std::shared_ptr<const void> found = it->second.lock();
        if (found && fits(found.get()))
            return found;
        it = found ? std::next(it) : kept.erase(it);
    }
    std::shared_ptr<const void> made = make();
    kept.emplace(from, made);
    return made;
}

PackedWeights::Scope::Scope(PackedWeights& store) : m_outer(std::exchange(t_store, &store)) {}

PackedWeights::Scope::~Scope() {
    t_store = m_outer;
}

}  // namespace clipscope::runtime
