// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/weight.h"

#include <cstdint>
#include <cstring>
#include <mutex>

#include "analysis/base/mapped_file.h"

namespace clipscope::graph {

struct Weight::State {
    std::once_flag once;
    Tensor tensor;
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
};

Weight::Weight(Tensor tensor)
    : m_type(tensor.type()), m_shape(tensor.shape()), m_state(std::make_shared<State>()) {
    m_state->tensor = std::move(tensor);
}

Weight::Weight(DType type, Shape shape, std::span<const std::byte> bytes,
               std::shared_ptr<const void> owner)
    : m_type(type), m_shape(std::move(shape)), m_state(std::make_shared<State>()) {
    m_state->bytes = bytes;
    m_state->owner = std::move(owner);
    if (bytes.empty())
        m_state->tensor = Tensor(m_type, m_shape);
}

size_t Weight::byteSize() const {
    return isDefined() ? static_cast<size_t>(m_shape.elementCount()) * elementSize(m_type) : 0;
}

Tensor Weight::inFile() const {
    if (!m_state || m_state->bytes.empty())
        return tensor();
    return Tensor(m_type, m_shape,
                  Buffer{const_cast<std::byte*>(m_state->bytes.data()), m_state->bytes.size(),
                         MemoryKind::Host, m_state->owner});
}

void Weight::forget() const noexcept {
    if (m_state)
        MappedFile::forget(m_state->bytes);
}

const Tensor& Weight::tensor() const {
    static const Tensor kNone;
    if (!m_state)
        return kNone;
    std::call_once(m_state->once, [&] {
        State& state = *m_state;
        if (state.tensor.isDefined())
            return;
        if (reinterpret_cast<uintptr_t>(state.bytes.data()) % elementSize(m_type) == 0) {
            state.tensor = inFile();
            return;
        }
        Tensor copy(m_type, m_shape);
        std::memcpy(copy.mutableBytes(), state.bytes.data(), state.bytes.size());
        MappedFile::forget(state.bytes);  // or memory would hold the weights twice
        state.tensor = std::move(copy);
    });
    return m_state->tensor;
}

}  // namespace clipscope::graph
