// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "analysis/base/parallel.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/exact_product.h"
#include "analysis/runtime/cpu/int8_products.h"
#include "analysis/runtime/cpu/padded_bytes.h"
#include "analysis/runtime/integer_sums.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/ops/wide_convolution.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

/// The zero point of an operand as it is multiplied: x of int8 becomes uint8 and w of uint8 int8 by
/// a flip of the highest bit, which moves their zero points by 128.
int32_t zeroOf(const Tensor* zeroPoint, size_t i, int32_t shift) {
    if (!zeroPoint)
        return shift;
    const auto* bytes = reinterpret_cast<const uint8_t*>(zeroPoint->bytes()) + i;
    return shift + (zeroPoint->type() == DType::Int8 ? static_cast<int8_t>(*bytes) : *bytes);
}

/// Sums wrap as int32 do.
int32_t wrapped(int64_t value) {
    return static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(value)));
}

/// int8 weights with their zero points, and what products with uint8 need besides.
struct Int8Weights {
    Tensor values;
    std::vector<int32_t> zeros;  ///< by column; all 0: empty
    std::vector<int64_t> sums;   ///< of each column's weights
};

/// What a node keeps between its runs.
struct KeptProducts {
    std::shared_ptr<const Int8Weights> weights;
    NodeState product;
    Tensor centered;  ///< constant weights less their zero points, in float32
    ExactProductStates exact;
};

bool isByte(const Tensor& tensor) {
    return tensor.type() == DType::Int8 || tensor.type() == DType::UInt8;
}

/// A zero point, of the operand's type, that the fast products can take `count` of.
bool hasSimpleZeroPoint(const IntegerOperand& operand, int64_t count) {
    const Tensor* zero = operand.zeroPoint;
    return isByte(operand.values) &&
           (!zero || (zero->type() == operand.values.type() &&
                      (zero->elementCount() == 1 || zero->elementCount() == count)));
}

/// weights seen as columns of `inner` elements (`columnStride`, `innerStride` apart).
Int8Weights int8Weights(const IntegerOperand& weights, int64_t columns, int64_t inner,
                        int64_t columnStride, int64_t innerStride) {
    Int8Weights made;
    const bool isUnsigned = weights.values.type() == DType::UInt8;
    made.values = isUnsigned ? flippedBytes(weights.values, DType::Int8) : weights.values;
    const int8_t* from = made.values.values<int8_t>().data();
    made.sums.resize(static_cast<size_t>(columns));
    if (columnStride == 1)
        for (int64_t k = 0; k < inner; ++k)
            for (int64_t c = 0; c < columns; ++c)
                made.sums[static_cast<size_t>(c)] += from[k * innerStride + c];
    else
        for (int64_t c = 0; c < columns; ++c)
            for (int64_t k = 0; k < inner; ++k)
                made.sums[static_cast<size_t>(c)] += from[c * columnStride + k * innerStride];
    const bool one = !weights.zeroPoint || weights.zeroPoint->elementCount() == 1;
    for (int64_t c = 0; c < columns; ++c)
        made.zeros.push_back(
            zeroOf(weights.zeroPoint, one ? 0 : static_cast<size_t>(c), isUnsigned ? -128 : 0));
    if (std::ranges::all_of(made.zeros, [](int32_t z) { return z == 0; }))
        made.zeros.clear();
    return made;
}

template <typename Make>
std::shared_ptr<const Int8Weights> keptWeights(KeptProducts& kept, bool areConstant,
                                               const Make& make) {
    if (!areConstant || !kept.weights)
        kept.weights = std::make_shared<const Int8Weights>(make());
    return kept.weights;
}

/// One offset for each column: what the products of a's zero point come to.
Tensor offsetsOf(const std::vector<int32_t>& offsets) {
    return Tensor::of<int32_t>({std::ssize(offsets)}, offsets);
}

Granularity lastAxis(const Shape& inMemoryOrder) {
    return {.extent = inMemoryOrder[inMemoryOrder.rank() - 1]};
}

/// Sums of the fast products; undefined where there are none for it.
IntegerSums convolvedInt8(Device& device, const ConvolutionParameters& form,
                          const IntegerOperand& x, const IntegerOperand& weights,
                          const Shape& shape, KeptProducts& kept) {
    const Shape& w = weights.values.shape();
    if (!multipliesInt8() || x.values.rank() > 5 || shape.elementCount() == 0 ||
        w.elementCount() == 0 || isWide(device, shape) || !hasSimpleZeroPoint(x, 1) ||
        !hasSimpleZeroPoint(weights, w[0]))
        return {};
    const int64_t inner = w.elementCount(1, w.rank());
    const auto prepared = keptWeights(kept, weights.isConstant,
                                      [&] { return int8Weights(weights, w[0], inner, inner, 1); });
    if (!prepared->zeros.empty())
        return {};
    const int32_t zero = zeroOf(x.zeroPoint, 0, x.values.type() == DType::Int8 ? 128 : 0);
    const Tensor padded = paddedBytes(device, x.values, form, static_cast<uint8_t>(zero));
    ConvolutionParameters parameters = form;
    parameters.weightsAreConstant = weights.isConstant;
    Tensor y = device.allocate(DType::Int32, shape);
    y.setLayout(Layout::ChannelsLast);
    if (!convolveInt8(parameters, padded, prepared->values, y, kept.product))
        return {};
    std::vector<int32_t> offsets;
    for (const int64_t sum : prepared->sums)
        offsets.push_back(wrapped(-zero * sum));
    return {y, offsetsOf(offsets), lastAxis(y.inMemoryOrder().shape())};
}

/// sums[r][c] -= zeros[c] * the sum of row r of a (of column r where that is transposed).
void subtractRows(const Tensor& a, bool transposed, const std::vector<int32_t>& zeros,
                  Tensor& sums) {
    const uint8_t* from = a.values<uint8_t>().data();
    int32_t* to = sums.mutableValues<int32_t>().data();
    const int64_t columns = std::ssize(zeros);
    const int64_t rows = sums.elementCount() / columns;
    const int64_t inner = a.elementCount() / rows;
    parallelFor(rows, 1 + kGrain / (inner + columns), [&](int64_t begin, int64_t end, int) {
        for (int64_t r = begin; r < end; ++r) {
            int64_t sum = 0;
            for (int64_t k = 0; k < inner; ++k)
                sum += transposed ? from[k * rows + r] : from[r * inner + k];
            for (int64_t c = 0; c < columns; ++c)
                to[r * columns + c] =
                    wrapped(to[r * columns + c] - zeros[static_cast<size_t>(c)] * sum);
        }
    });
}

IntegerSums multipliedInt8(Device& device, const MatmulParameters& parameters,
                           const IntegerOperand& a, const IntegerOperand& b, const Shape& shape,
                           KeptProducts& kept) {
    const Shape& left = a.values.shape();
    const Shape& right = b.values.shape();
    if (!multipliesInt8() || right.rank() != 2 || (parameters.transposeA && left.rank() != 2) ||
        a.values.elementCount() == 0 || b.values.elementCount() == 0)
        return {};
    const int64_t inner = left[left.rank() - (parameters.transposeA ? 2 : 1)];
    const int64_t columns = right[parameters.transposeB ? 0 : 1];
    if (!hasSimpleZeroPoint(a, 1) || !hasSimpleZeroPoint(b, columns))
        return {};
    const auto prepared = keptWeights(kept, b.isConstant, [&] {
        return parameters.transposeB ? int8Weights(b, columns, inner, inner, 1)
                                     : int8Weights(b, columns, inner, 1, columns);
    });
    const bool isSigned = a.values.type() == DType::Int8;
    const int32_t zero = zeroOf(a.zeroPoint, 0, isSigned ? 128 : 0);
    const Tensor bytes = isSigned ? flippedBytes(a.values, DType::UInt8) : a.values;
    Tensor y = device.allocate(DType::Int32, shape);
    if (!multiplyInt8(parameters, bytes, prepared->values, y, kept.product))
        return {};
    const bool withZeros = !prepared->zeros.empty();
    if (withZeros)
        subtractRows(bytes, parameters.transposeA, prepared->zeros, y);
    std::vector<int32_t> offsets;
    for (size_t c = 0; c < prepared->sums.size(); ++c)
        offsets.push_back(wrapped(
            -zero * (prepared->sums[c] - (withZeros ? inner * prepared->zeros[c] : int64_t{0}))));
    return {y, offsetsOf(offsets), lastAxis(shape)};
}

/// The weights less their zero points; kept where they are constant.
Tensor centeredWeights(KeptProducts& kept, const IntegerOperand& weights, size_t zeroAxis) {
    if (!weights.isConstant)
        return centeredIntegers(weights.values, weights.zeroPoint, zeroAxis);
    if (!kept.centered.isDefined())
        kept.centered = centeredIntegers(weights.values, weights.zeroPoint, zeroAxis);
    return kept.centered;
}

}  // namespace

IntegerSums CpuDevice::convolveIntegers(const ConvolutionParameters& parameters,
                                        const IntegerOperand& x, const IntegerOperand& weights,
                                        const Shape& y, NodeState& state) {
    auto& kept = keptState<KeptProducts>(state);
    if (IntegerSums sums = convolvedInt8(*this, parameters, x, weights, y, kept);
        sums.values.isDefined())
        return sums;
    const Shape& w = weights.values.shape();
    ConvolutionParameters own = parameters;
    own.weightsAreConstant = weights.isConstant;
    const Tensor values =
        exactProduct(centeredIntegers(toRowMajor(*this, x.values), x.zeroPoint, 0),
                     centeredWeights(kept, weights, 0), w.elementCount(1, w.rank()), kept.exact,
                     [&](const Tensor& a, const Tensor& b, NodeState& inner) {
                         Tensor product(DType::Float32, y);
                         convolveInPieces(*this, own, a, b, nullptr, product, inner);
                         return product;
                     });
    const Tensor inOrder = toChannelsLast(*this, values);
    return {inOrder, {}, lastAxis(inOrder.inMemoryOrder().shape())};
}

IntegerSums CpuDevice::multiplyIntegers(const MatmulParameters& parameters, const IntegerOperand& a,
                                        const IntegerOperand& b, const Shape& y, NodeState& state) {
    auto& kept = keptState<KeptProducts>(state);
    MatmulParameters own = parameters;
    own.bIsConstant = b.isConstant;
    if (IntegerSums sums = multipliedInt8(*this, own, a, b, y, kept); sums.values.isDefined())
        return sums;
    const Shape& left = a.values.shape();
    const size_t inner = left.rank() - (own.transposeA ? 2 : 1);
    const size_t columnAxis = b.values.rank() - (own.transposeB ? 2 : 1);
    const Tensor values =
        exactProduct(centeredIntegers(a.values, a.zeroPoint, left.rank() - 2),
                     centeredWeights(kept, b, columnAxis), left[inner], kept.exact,
                     [&](const Tensor& x, const Tensor& w, NodeState& product) {
                         Tensor result(DType::Float32, y);
                         matmul(own, x, w, nullptr, result, product);
                         return result;
                     });
    return {values, {}, lastAxis(y)};
}

}  // namespace clipscope::runtime
