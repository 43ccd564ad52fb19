// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "analysis/tensor/dtype.h"
#include "analysis/tensor/shape.h"

namespace clipscope {

/// Where the bytes of a tensor live.
enum class MemoryKind { Host, Cuda };

/// The order of a tensor's elements in memory.
enum class Layout {
    RowMajor,
    ChannelsLast,  ///< of N x C x spatial: the channels of a position lie together
};

/// Bytes with an owner: a heap block, a slice of a mapped file, memory of a device. The deleter of
/// `owner` gives it back; a null owner is a view that somebody else keeps alive.
struct Buffer {
    std::byte* data = nullptr;
    size_t size = 0;  ///< bytes
    MemoryKind kind = MemoryKind::Host;
    std::shared_ptr<const void> owner;
};

/// A dense array, row-major unless its layout() says otherwise. Copies share the elements; nobody
/// writes to a tensor that another holds (operators write only to outputs that they have just
/// allocated).
class Tensor {
public:
    Tensor() = default;

    /// Uninitialised host elements, 64-byte aligned. Throws Error(OutOfMemory).
    Tensor(DType type, Shape shape);

    /// Elements in `buffer`, which must be large enough (Error(Internal) otherwise).
    Tensor(DType type, Shape shape, Buffer buffer);

    /// A host tensor with a copy of `values`.
    template <typename T>
    static Tensor of(Shape shape, std::span<const T> values);
    template <typename T>
    static Tensor scalar(T value) {
        return of<T>({}, std::span<const T>(&value, 1));
    }

    bool isDefined() const { return m_type != DType::Undefined; }
    DType type() const { return m_type; }
    const Shape& shape() const { return m_shape; }
    size_t rank() const { return m_shape.rank(); }
    int64_t elementCount() const { return m_count; }
    size_t byteSize() const { return static_cast<size_t>(m_count) * elementSize(m_type); }
    MemoryKind memoryKind() const { return m_buffer.kind; }
    bool isHost() const { return m_buffer.kind == MemoryKind::Host; }
    const Buffer& buffer() const { return m_buffer; }

    Layout layout() const { return m_layout; }

    /// The elements in row-major order; Error(Internal) when T is not the element type, when they
    /// are not on the host, or when they lie in another order.
    template <typename T>
    std::span<const T> values() const {
        requireHost(kDTypeOf<T>);
        return {reinterpret_cast<const T*>(m_buffer.data), static_cast<size_t>(m_count)};
    }
    template <typename T>
    std::span<T> mutableValues() {
        requireHost(kDTypeOf<T>);
        return {reinterpret_cast<T*>(m_buffer.data), static_cast<size_t>(m_count)};
    }
    const std::byte* bytes() const { return m_buffer.data; }
    std::byte* mutableBytes() { return m_buffer.data; }

    /// The same elements under another shape; Error(BadInput) when the counts differ.
    Tensor reshaped(Shape shape) const;

    /// Elements [begin, end) along axis 0, sharing memory.
    Tensor rows(int64_t begin, int64_t end) const;

    /// Says in which order the elements, not yet written, will lie.
    void setLayout(Layout layout) { m_layout = layout; }
    /// Error(Internal) where the elements lie in another order.
    void requireRowMajor() const;

    /// The same elements as a row-major tensor whose axes have the order in which they lie: of a
    /// ChannelsLast N x C x H x W one of N x H x W x C; a row-major tensor itself.
    Tensor inMemoryOrder() const;
    /// The inverse: of a row-major N x H x W x C a ChannelsLast tensor N x C x H x W.
    Tensor asChannelsLast() const;

    /// "float32 1x3x224x224".
    std::string toString() const;

private:
    void requireHost(DType type) const;

    DType m_type = DType::Undefined;
    Shape m_shape;
    int64_t m_count = 0;
    Layout m_layout = Layout::RowMajor;
    Buffer m_buffer;
};

/// A host buffer of `size` bytes, 64-byte aligned; throws Error(OutOfMemory).
Buffer allocateHost(size_t size);

/// The values as float64 / int64 whatever the (numeric) element type; small tensors only.
std::vector<double> toDoubles(const Tensor& tensor);
std::vector<int64_t> toInt64s(const Tensor& tensor);

template <typename T>
Tensor Tensor::of(Shape shape, std::span<const T> values) {
    Tensor tensor(kDTypeOf<T>, std::move(shape));
    std::copy(values.begin(), values.end(), tensor.mutableValues<T>().begin());
    return tensor;
}

}  // namespace clipscope
