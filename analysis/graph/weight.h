// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "analysis/tensor/tensor.h"

namespace clipscope::graph {

/// An initializer. Where its bytes in the file are not aligned for its type, as raw data inside a
/// model seldom are, its elements are copied when they are first asked for: what only lists a model
/// never reads its weights. Copies share the elements.
class Weight {
public:
    Weight() = default;
    Weight(Tensor tensor);
    /// `bytes` of a mapped file hold the elements; `owner` keeps them mapped.
    Weight(DType type, Shape shape, std::span<const std::byte> bytes,
           std::shared_ptr<const void> owner);

    bool isDefined() const { return m_type != DType::Undefined; }
    DType type() const { return m_type; }
    const Shape& shape() const { return m_shape; }
    size_t byteSize() const;

    /// Safe to call from several threads. Throws Error(OutOfMemory).
    const Tensor& tensor() const;
    /// The elements where the file has them: not copied, but perhaps aligned for no type. Only for
    /// what copies bytes. The same as tensor() for weights that are in no file, or copied already.
    Tensor inFile() const;
    /// Gives the memory back that holds the mapped file's pages of it; they are read again when
    /// they are needed. Nothing happens to weights that are in no file.
    void forget() const noexcept;
    template <typename T>
    std::span<const T> values() const {
        return tensor().values<T>();
    }

private:
    struct State;

    DType m_type = DType::Undefined;
    Shape m_shape;
    std::shared_ptr<State> m_state;
};

}  // namespace clipscope::graph
