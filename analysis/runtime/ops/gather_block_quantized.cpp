// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/ops/packed_bits.h"
#include "analysis/runtime/ops/transformer.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 4096;

/// Integers of a constant: uint8 with several in a byte along the last axis, or int4 and uint4,
/// which Tensor holds one in a byte.
class PackedIntegers {
public:
    PackedIntegers(const Tensor& tensor, int64_t bits)
        : m_bytes(reinterpret_cast<const uint8_t*>(tensor.bytes())),
          m_signed(tensor.type() == DType::Int4),
          m_bits(tensor.type() == DType::UInt8 ? bits : 8) {
        if (tensor.type() != DType::UInt8 && tensor.type() != DType::Int4 &&
            tensor.type() != DType::UInt4)
            throw Error(ErrorCode::Unsupported, tensor.toString() + " is not supported");
    }

    /// Elements in a byte of the last axis.
    int64_t perByte() const { return 8 / m_bits; }
    /// Element i of a row that begins `row` rows of `width` elements in.
    float at(int64_t row, int64_t width, int64_t i) const {
        const uint8_t* begin = m_bytes + row * packedBytes(width, m_bits);
        if (m_signed)
            return static_cast<float>(static_cast<int8_t>(begin[i]));
        return static_cast<float>(packedElement(begin, i, m_bits));
    }

private:
    const uint8_t* m_bytes;
    bool m_signed;
    int64_t m_bits;
};

/// The table: its extents in elements, and how its blocks lie.
struct Table {
    Shape shape;
    size_t gatherAxis = 0;
    size_t blockAxis = 1;
    int64_t block = 128;

    /// The same with an element for each block.
    Shape blocks() const {
        Shape blocks = shape;
        blocks[blockAxis] = (blocks[blockAxis] + block - 1) / block;
        return blocks;
    }
};

Table tableOf(const OpContext& context, const PackedIntegers& data) {
    const graph::Attributes& attributes = context.attributes();
    Table table;
    table.shape = context.input(0).shape();
    if (table.shape.rank() < 1)
        throw Error(ErrorCode::BadInput, "the table is a scalar");
    table.shape[table.shape.rank() - 1] *= data.perByte();
    table.gatherAxis = normalizeAxis(attributes.getInt("gather_axis", 0), table.shape.rank());
    table.blockAxis = normalizeAxis(attributes.getInt("quantize_axis", 1), table.shape.rank());
    table.block = attributes.getInt("block_size", 128);
    if (table.block < 1 || table.block > int64_t{1} << 30)
        throw Error(ErrorCode::BadInput, fmt::format("blocks of {} are impossible", table.block));
    if (context.input(2).shape() != table.blocks())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the scales {} are not {}, one for each block of the table {}",
                                context.input(2).toString(), table.blocks().toString(),
                                table.shape.toString()));
    return table;
}

/// Element i, counted in the table, less its block's zero point and scaled.
class Blocks {
public:
    Blocks(const OpContext& context, const Table& table, const PackedIntegers& data, int64_t bits)
        : m_table(table),
          m_data(data),
          m_scales(context.input(2).values<float>().data()),
          m_width(table.shape[table.shape.rank() - 1]),
          m_blockWidth(table.blocks()[table.shape.rank() - 1]),
          m_stride(table.shape.elementCount(table.blockAxis + 1, table.shape.rank())),
          m_extent(table.shape[table.blockAxis]),
          m_blocks(table.blocks()[table.blockAxis]) {
        if (const Tensor* zeros = context.optionalInput(3)) {
            Shape expected = table.blocks();
            m_zeros.emplace(*zeros, bits);
            expected[expected.rank() - 1] =
                (m_blockWidth + m_zeros->perByte() - 1) / m_zeros->perByte();
            if (zeros->shape() != expected)
                throw Error(ErrorCode::BadInput,
                            fmt::format("the zero points {} do not fit the scales {}",
                                        zeros->toString(), context.input(2).toString()));
        } else if (context.input(0).type() == DType::UInt8) {
            m_zero = static_cast<float>(1 << (bits - 1));
        }
    }

    float value(int64_t i) const {
        const int64_t along = i / m_stride % m_extent;
        const int64_t block =
            (i / (m_stride * m_extent) * m_blocks + along / m_table.block) * m_stride +
            i % m_stride;
        const float zero =
            m_zeros ? m_zeros->at(block / m_blockWidth, m_blockWidth, block % m_blockWidth)
                    : m_zero;
        return (m_data.at(i / m_width, m_width, i % m_width) - zero) * m_scales[block];
    }

private:
    const Table& m_table;
    const PackedIntegers& m_data;
    const float* m_scales;
    std::optional<PackedIntegers> m_zeros;
    float m_zero = 0;
    int64_t m_width;
    int64_t m_blockWidth;
    int64_t m_stride;
    int64_t m_extent;
    int64_t m_blocks;
};

}  // namespace

/// Inputs: a table of integers, indices, scales and zero points. An index beyond the table gives
/// zeros.
void runGatherBlockQuantized(OpContext& context) {
    const int64_t bits = context.attributes().getInt("bits", 4);
    if (!packsIntoBytes(bits))
        throw Error(ErrorCode::Unsupported, fmt::format("{} bits are not supported", bits));
    const PackedIntegers data(context.input(0), bits);
    const Table table = tableOf(context, data);
    const Blocks blocks(context, table, data, bits);
    const std::vector<int64_t> indices = context.ints(1);
    const Shape& given = context.input(1).shape();
    const auto axis = static_cast<std::ptrdiff_t>(table.gatherAxis);
    std::vector<int64_t> extents(table.shape.begin(), table.shape.begin() + axis);
    extents.insert(extents.end(), given.begin(), given.end());
    extents.insert(extents.end(), table.shape.begin() + axis + 1, table.shape.end());
    Tensor y(DType::Float32, Shape(std::move(extents)));
    float* to = y.mutableValues<float>().data();
    const int64_t extent = table.shape[table.gatherAxis];
    const int64_t inner = table.shape.elementCount(table.gatherAxis + 1, table.shape.rank());
    const int64_t count = std::ssize(indices);
    parallelFor(y.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            int64_t index = indices[static_cast<size_t>(i / inner % count)];
            index += index < 0 ? extent : 0;
            const bool known = index >= 0 && index < extent;
            to[i] = known ? blocks.value((i / (inner * count) * extent + index) * inner + i % inner)
                          : 0;
        }
    });
    context.setOutput(0, context.device().fromHost(y));
}

}  // namespace clipscope::runtime
