// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/tensor.h"

#include <algorithm>
#include <new>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/tensor/block_pool.h"
#include "analysis/tensor/half.h"
#include "analysis/tensor/memory_budget.h"
#include "analysis/tensor/narrow.h"

namespace clipscope {
namespace {

constexpr size_t kOverhead = 256;  // bytes that even the smallest tensor costs
constexpr int64_t kMostEmptyExtents = int64_t{1} << 31;

/// A tensor without elements can still have extents that nobody ever finishes walking.
void requireWalkable(const Shape& shape, int64_t count) {
    if (count > 0)
        return;
    int64_t product = 1;
    for (const int64_t extent : shape)
        if (extent > 0 && __builtin_mul_overflow(product, extent, &product))
            product = kMostEmptyExtents + 1;
    if (product > kMostEmptyExtents)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the empty shape {} is impossibly large", shape.toString()));
}

/// Takes from the budget of the thread, if any, what `owner` gives back.
struct Charge {
    std::shared_ptr<MemoryBudget> budget;
    size_t bytes = 0;
    size_t blockSize = 0;

    void operator()(const void* block) const {
        BlockPool::instance().give({const_cast<void*>(block), blockSize});
        if (budget)
            budget->giveBack(bytes);
    }
};

template <typename To>
std::vector<To> converted(const Tensor& tensor) {
    if (isNarrow(tensor.type()))
        return converted<To>(fromNarrow(tensor));
    std::vector<To> out;
    auto copy = [&]<typename T>(T) {
        const auto values = tensor.values<T>();
        out.reserve(values.size());
        for (const T v : values)
            out.push_back(static_cast<To>(v));
    };
    switch (tensor.type()) {
        case DType::Float32:
            copy(float());
            break;
        case DType::Float64:
            copy(double());
            break;
        case DType::Int8:
            copy(int8_t());
            break;
        case DType::UInt8:
            copy(uint8_t());
            break;
        case DType::Int16:
            copy(int16_t());
            break;
        case DType::UInt16:
            copy(uint16_t());
            break;
        case DType::Int32:
            copy(int32_t());
            break;
        case DType::UInt32:
            copy(uint32_t());
            break;
        case DType::Int64:
            copy(int64_t());
            break;
        case DType::UInt64:
            copy(uint64_t());
            break;
        case DType::Bool:
            copy(bool());
            break;
        case DType::Float16:
        case DType::BFloat16: {
            const auto* bits = reinterpret_cast<const uint16_t*>(tensor.bytes());
            for (int64_t i = 0; i < tensor.elementCount(); ++i)
                out.push_back(static_cast<To>(tensor.type() == DType::Float16
                                                  ? toFloat(Half{bits[i]})
                                                  : toFloat(BFloat16{bits[i]})));
            break;
        }
        default:
            throw Error(ErrorCode::Unsupported,
                        fmt::format("a {} tensor holds no numbers", name(tensor.type())));
    }
    return out;
}

}  // namespace

Buffer allocateHost(size_t size) {
    Charge charge{MemoryBudget::current(), size > SIZE_MAX - kOverhead ? size : size + kOverhead,
                  0};
    if (charge.budget)
        charge.budget->take(charge.bytes);
    const BlockPool::Block block = BlockPool::instance().take(size);
    if (!block.data) {
        if (charge.budget)
            charge.budget->giveBack(charge.bytes);
        throw Error(ErrorCode::OutOfMemory,
                    fmt::format("no memory for {}; use a smaller --batch", byteText(size)));
    }
    charge.blockSize = block.size;
    std::shared_ptr<const void> owner(static_cast<const void*>(block.data), std::move(charge));
    return {static_cast<std::byte*>(block.data), size, MemoryKind::Host, std::move(owner)};
}

Tensor::Tensor(DType type, Shape shape)
    : m_type(type), m_shape(std::move(shape)), m_count(m_shape.elementCount()) {
    int64_t bytes = 0;
    if (__builtin_mul_overflow(m_count, static_cast<int64_t>(elementSize(type)), &bytes))
        throw Error(ErrorCode::BadInput, "the shape " + m_shape.toString() + " is impossible");
    requireWalkable(m_shape, m_count);
    try {
        m_buffer = allocateHost(static_cast<size_t>(bytes));
    } catch (const Error& error) {
        throw error.within(fmt::format("{} of {}", toString(), byteText(byteSize())));
    }
}

Tensor::Tensor(DType type, Shape shape, Buffer buffer)
    : m_type(type), m_shape(std::move(shape)), m_count(m_shape.elementCount()) {
    if (byteSize() > buffer.size)
        throw Error(ErrorCode::Internal,
                    fmt::format("a buffer of {} bytes cannot hold {}", buffer.size, toString()));
    requireWalkable(m_shape, m_count);
    m_buffer = std::move(buffer);
}

Tensor Tensor::reshaped(Shape shape) const {
    if (shape.elementCount() != m_count)
        throw Error(ErrorCode::BadInput, fmt::format("{} cannot be reshaped to {}",
                                                     m_shape.toString(), shape.toString()));
    requireWalkable(shape, m_count);
    requireRowMajor();
    Tensor view = *this;
    view.m_shape = std::move(shape);
    return view;
}

Tensor Tensor::inMemoryOrder() const {
    Tensor view = *this;
    view.m_layout = Layout::RowMajor;
    if (m_layout == Layout::ChannelsLast)
        std::rotate(view.m_shape.begin() + 1, view.m_shape.begin() + 2, view.m_shape.end());
    return view;
}

Tensor Tensor::asChannelsLast() const {
    requireRowMajor();
    if (rank() < 3)
        throw Error(ErrorCode::Internal, toString() + " has no channels and positions");
    Tensor view = *this;
    view.m_layout = Layout::ChannelsLast;
    std::rotate(view.m_shape.begin() + 1, view.m_shape.end() - 1, view.m_shape.end());
    return view;
}

Tensor Tensor::rows(int64_t begin, int64_t end) const {
    if (rank() == 0 || begin < 0 || end < begin || end > m_shape[0])
        throw Error(ErrorCode::Internal,
                    fmt::format("rows {} to {} of {}", begin, end, m_shape.toString()));
    const size_t rowBytes = m_shape[0] == 0 ? 0 : byteSize() / static_cast<size_t>(m_shape[0]);
    Tensor view = *this;
    view.m_shape[0] = end - begin;
    view.m_count = view.m_shape.elementCount();
    view.m_buffer.data += rowBytes * static_cast<size_t>(begin);
    view.m_buffer.size = rowBytes * static_cast<size_t>(end - begin);
    return view;
}

std::string Tensor::toString() const {
    return fmt::format("{} {}", name(m_type), m_shape.toString());
}

void Tensor::requireRowMajor() const {
    if (m_layout != Layout::RowMajor)
        throw Error(ErrorCode::Internal, toString() + " read as row-major");
}

void Tensor::requireHost(DType type) const {
    requireRowMajor();
    if (type != m_type || !isHost())
        throw Error(ErrorCode::Internal, fmt::format("{} read as {}{}", toString(), name(type),
                                                     isHost() ? "" : " while on a device"));
}

std::vector<double> toDoubles(const Tensor& tensor) {
    return converted<double>(tensor);
}
std::vector<int64_t> toInt64s(const Tensor& tensor) {
    return converted<int64_t>(tensor);
}

}  // namespace clipscope
