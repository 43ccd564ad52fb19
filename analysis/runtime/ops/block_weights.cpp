// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/packed_bits.h"
#include "analysis/runtime/ops/transformer.h"

namespace clipscope::runtime {
namespace {

/// Weights of `columns` rows of `inner` elements, in blocks that share a scale and a zero point.
struct BlockForm {
    int64_t inner = 0;
    int64_t columns = 0;
    int64_t bits = 4;
    int64_t block = 0;

    int64_t blocks() const { return (inner + block - 1) / block; }
    int64_t rowBytes() const { return blocks() * packedBytes(block, bits); }
};

BlockForm formOf(const OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    const BlockForm form{attributes.getInt("K"), attributes.getInt("N"),
                         attributes.getInt("bits", 4), attributes.getInt("block_size")};
    if (!packsIntoBytes(form.bits))
        throw Error(ErrorCode::Unsupported,
                    fmt::format("weights of {} bits are not supported", form.bits));
    constexpr int64_t kMost = int64_t{1} << 30;  // so that no product below overflows
    if (form.inner < 1 || form.columns < 1 || form.block < 2 || form.block % 2 != 0 ||
        form.inner > kMost || form.columns > kMost || form.block > kMost)
        throw Error(ErrorCode::BadInput, "the attributes K, N and block_size do not fit together");
    const Tensor& weights = context.input(1);
    if (weights.type() != DType::UInt8 ||
        weights.elementCount() != form.columns * form.rowBytes() ||
        context.input(2).elementCount() != form.columns * form.blocks())
        throw Error(
            ErrorCode::BadInput,
            fmt::format("the weights {} or their scales {} do not have {} columns of {}",
                        weights.toString(), context.input(2).toString(), form.columns, form.inner));
    return form;
}

/// Which block of its column an element belongs to: input 4 says it, or blocks follow each other.
std::vector<int64_t> blockOfElement(const OpContext& context, const BlockForm& form) {
    std::vector<int64_t> blocks(static_cast<size_t>(form.inner));
    const bool given = context.hasInput(4);
    const std::vector<int64_t> order = given ? context.ints(4) : std::vector<int64_t>();
    if (given && order.size() < blocks.size())
        throw Error(ErrorCode::BadInput, fmt::format("the groups {} are not those of {} elements",
                                                     context.input(4).toString(), form.inner));
    for (size_t i = 0; i < blocks.size(); ++i) {
        blocks[i] = given ? order[i] : static_cast<int64_t>(i) / form.block;
        if (blocks[i] < 0 || blocks[i] >= form.blocks())
            throw Error(ErrorCode::BadInput,
                        fmt::format("there is no group {} of {}", blocks[i], form.blocks()));
    }
    return blocks;
}

/// By column and block; half of the range where there are none.
std::vector<float> zeroPointsOf(OpContext& context, const BlockForm& form) {
    const auto count = static_cast<size_t>(form.columns * form.blocks());
    std::vector<float> zeros(count, static_cast<float>(1 << (form.bits - 1)));
    if (!context.hasInput(3))
        return zeros;
    const Tensor given = context.device().toHost(context.input(3));
    const int64_t stride = packedBytes(form.blocks(), form.bits);
    const bool packed = given.type() == DType::UInt8;
    if (given.elementCount() != (packed ? form.columns * stride : form.columns * form.blocks()))
        throw Error(ErrorCode::BadInput, "the zero points " + given.toString() + " do not fit");
    const Tensor floats = packed ? Tensor() : convertedOnHost(given, DType::Float32);
    for (size_t i = 0; i < count; ++i) {
        const auto column = static_cast<int64_t>(i) / form.blocks();
        const auto block = static_cast<int64_t>(i) % form.blocks();
        zeros[i] = packed ? static_cast<float>(packedElement(
                                given.values<uint8_t>().data() + column * stride, block, form.bits))
                          : floats.values<float>()[i];
    }
    return zeros;
}

/// The weights as float32, columns x inner; on the host.
Tensor unpacked(OpContext& context, const BlockForm& form) {
    const std::vector<float> zeros = zeroPointsOf(context, form);
    const std::vector<int64_t> blocks = blockOfElement(context, form);
    const Tensor scaleTensor =
        convertedOnHost(context.device().toHost(context.input(2)), DType::Float32);
    const float* scales = scaleTensor.values<float>().data();
    const Tensor packed = context.device().toHost(context.input(1));
    const uint8_t* bytes = packed.values<uint8_t>().data();
    const int64_t rowBytes = form.rowBytes();
    Tensor y(DType::Float32, {form.columns, form.inner});
    float* to = y.mutableValues<float>().data();
    parallelFor(form.columns, 16, [&](int64_t begin, int64_t end, int) {
        for (int64_t column = begin; column < end; ++column)
            for (int64_t i = 0; i < form.inner; ++i) {
                const int64_t block = column * form.blocks() + blocks[static_cast<size_t>(i)];
                const auto q =
                    static_cast<float>(packedElement(bytes + column * rowBytes, i, form.bits));
                to[column * form.inner + i] =
                    (q - zeros[static_cast<size_t>(block)]) * scales[block];
            }
    });
    return y;
}

/// What the node keeps where its weights are constant.
struct UnpackedWeights {
    Tensor values;
    NodeState product;
};

/// By code, of the attribute quant_type. Source: QLoRA (arXiv 2305.14314) and bitsandbytes.
constexpr float kFloat4[16] = {
    0, 5.208333333e-03f,  0.66666667f,  1,  0.33333333f,  0.5f,  0.16666667f,  0.25f,
    0, -5.208333333e-03f, -0.66666667f, -1, -0.33333333f, -0.5f, -0.16666667f, -0.25f};
constexpr float kNormalFloat4[16] = {-1,           -0.69619280f, -0.52507305f, -0.39491749f,
                                     -0.28444138f, -0.18477343f, -0.09105004f, 0,
                                     0.07958030f,  0.16093020f,  0.24611230f,  0.33791524f,
                                     0.44070983f,  0.56261700f,  0.72295684f,  1};

/// Weights of 4-bit codes, the upper half of a byte first, in blocks of the flattened columns x
/// inner matrix that share a factor.
Tensor decoded(OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    const int64_t inner = attributes.getInt("K");
    const int64_t columns = attributes.getInt("N");
    const int64_t block = attributes.getInt("block_size");
    const int64_t type = attributes.getInt("quant_type");
    constexpr int64_t kMost = int64_t{1} << 30;
    if (inner < 1 || columns < 1 || block < 1 || inner > kMost || columns > kMost ||
        block > kMost || type < 0 || type > 1)
        throw Error(ErrorCode::BadInput,
                    "the attributes K, N, block_size and quant_type are wrong");
    const Tensor codes = context.device().toHost(context.input(1));
    const Tensor factors =
        convertedOnHost(context.device().toHost(context.input(2)), DType::Float32);
    const int64_t count = inner * columns;
    if (codes.type() != DType::UInt8 || codes.elementCount() != (count + 1) / 2 ||
        factors.elementCount() != (count + block - 1) / block)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the weights {} or their factors {} do not have {} columns of {}",
                                codes.toString(), factors.toString(), columns, inner));
    const float* table = type == 0 ? kFloat4 : kNormalFloat4;
    const uint8_t* from = codes.values<uint8_t>().data();
    const float* factor = factors.values<float>().data();
    Tensor y(DType::Float32, {columns, inner});
    float* to = y.mutableValues<float>().data();
    parallelFor(count, 16384, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i)
            to[i] = table[from[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15] * factor[i / block];
    });
    return y;
}

}  // namespace

/// Inputs: a, codes of the weights, their factors.
void runMatMulBnb4(OpContext& context) {
    if (context.attributes().getInt("transB", 1) == 0)
        throw Error(ErrorCode::Unsupported, "weights that are not transposed are not supported");
    auto& weights = keptState<UnpackedWeights>(context.state());
    const bool areConstant = context.isConstant(1) && context.isConstant(2);
    Device& device = context.device();
    if (!areConstant || !weights.values.isDefined())
        weights.values = device.fromHost(decoded(context));
    context.setOutput(0, matrixProduct(device, {.transposeB = true, .bIsConstant = areConstant},
                                       context.input(0), weights.values, weights.product));
}

/// Inputs: a, packed weights, scales, zero points, the block of each of a's columns, a bias.
void runMatMulNBits(OpContext& context) {
    auto& weights = keptState<UnpackedWeights>(context.state());
    const BlockForm form = formOf(context);
    const bool areConstant = context.isConstant(1) && context.isConstant(2) &&
                             (!context.hasInput(3) || context.isConstant(3)) &&
                             (!context.hasInput(4) || context.isConstant(4));
    Device& device = context.device();
    if (!areConstant || !weights.values.isDefined())
        weights.values = device.fromHost(unpacked(context, form));
    const MatmulParameters parameters{.transposeB = true, .bIsConstant = areConstant};
    Tensor y = matrixProduct(device, parameters, context.input(0), weights.values, weights.product);
    if (const Tensor* bias = context.optionalInput(5)) {
        Tensor sum = device.allocate(y.type(), broadcast(y.shape(), bias->shape()));
        device.binary(BinaryFunction::Add, y, *bias, sum);
        y = sum;
    }
    context.setOutput(0, y);
}

}  // namespace clipscope::runtime
