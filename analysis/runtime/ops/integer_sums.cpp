// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/integer_sums.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/cpu/int8_products.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/ops/exact_product.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/padded_bytes.h"
#include "analysis/runtime/ops/spatial.h"
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

struct ConvolutionShape {
    ConvolutionParameters parameters;
    Shape y;
};

ConvolutionShape convolutionShape(const OpContext& context, const Tensor& x,
                                  const Tensor& weights) {
    const int64_t groups = context.attributes().getInt("group", 1);
    if (x.rank() < 3 || weights.rank() != x.rank() || groups < 1 ||
        x.shape()[1] != weights.shape()[1] * groups || weights.shape()[0] % groups != 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("input {} does not fit weights {} with {} groups",
                                x.shape().toString(), weights.shape().toString(), groups));
    const SpatialWindow window = slidingWindow(
        context.attributes(), spatialExtents(weights.shape()), spatialExtents(x.shape()));
    std::vector<int64_t> extents{x.shape()[0], weights.shape()[0]};
    extents.insert(extents.end(), window.output.begin(), window.output.end());
    return {{window.strides, window.dilations, window.padsBegin, window.padsEnd, groups},
            Shape(std::move(extents))};
}

/// Sums of the fast products; undefined where there are none for it.
IntegerSums convolvedInt8(OpContext& context, const ConvolutionShape& form, const IntegerOperand& x,
                          const IntegerOperand& weights) {
    const Shape& w = weights.values.shape();
    if (!multipliesInt8() || x.values.rank() > 5 || form.y.elementCount() == 0 ||
        w.elementCount() == 0 || isWide(context.device(), form.y) || !hasSimpleZeroPoint(x, 1) ||
        !hasSimpleZeroPoint(weights, w[0]))
        return {};
    auto& kept = keptState<KeptProducts>(context.state());
    const int64_t inner = w.elementCount(1, w.rank());
    const auto prepared = keptWeights(kept, weights.isConstant,
                                      [&] { return int8Weights(weights, w[0], inner, inner, 1); });
    if (!prepared->zeros.empty())
        return {};
    const int32_t zero = zeroOf(x.zeroPoint, 0, x.values.type() == DType::Int8 ? 128 : 0);
    const Tensor padded =
        paddedBytes(context.device(), x.values, form.parameters, static_cast<uint8_t>(zero));
    ConvolutionParameters parameters = form.parameters;
    parameters.weightsAreConstant = weights.isConstant;
    Tensor y = context.device().allocate(DType::Int32, form.y);
    y.setLayout(Layout::ChannelsLast);
    if (!convolveInt8(parameters, padded, prepared->values, y, kept.product))
        return {};
    IntegerSums sums{y, {}};
    for (const int64_t sum : prepared->sums)
        sums.offsets.push_back(wrapped(-zero * sum));
    return sums;
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

IntegerSums multipliedInt8(OpContext& context, const MatmulParameters& parameters,
                           const IntegerOperand& a, const IntegerOperand& b) {
    const Shape& left = a.values.shape();
    const Shape& right = b.values.shape();
    if (!multipliesInt8() || left.rank() < 2 || right.rank() != 2 ||
        (parameters.transposeA && left.rank() != 2) || a.values.elementCount() == 0 ||
        b.values.elementCount() == 0)
        return {};
    const int64_t inner = left[left.rank() - (parameters.transposeA ? 2 : 1)];
    const int64_t columns = right[parameters.transposeB ? 0 : 1];
    if (inner != right[parameters.transposeB ? 1 : 0] || !hasSimpleZeroPoint(a, 1) ||
        !hasSimpleZeroPoint(b, columns))
        return {};
    auto& kept = keptState<KeptProducts>(context.state());
    const auto prepared = keptWeights(kept, b.isConstant, [&] {
        return parameters.transposeB ? int8Weights(b, columns, inner, inner, 1)
                                     : int8Weights(b, columns, inner, 1, columns);
    });
    const bool isSigned = a.values.type() == DType::Int8;
    const int32_t zero = zeroOf(a.zeroPoint, 0, isSigned ? 128 : 0);
    const Tensor bytes = isSigned ? flippedBytes(a.values, DType::UInt8) : a.values;
    Shape shape = left;
    shape[shape.rank() - 2] = left[left.rank() - (parameters.transposeA ? 1 : 2)];
    shape[shape.rank() - 1] = columns;
    Tensor y = context.device().allocate(DType::Int32, shape);
    if (!multiplyInt8(parameters, bytes, prepared->values, y, kept.product))
        return {};
    const bool withZeros = !prepared->zeros.empty();
    if (withZeros)
        subtractRows(bytes, parameters.transposeA, prepared->zeros, y);
    IntegerSums sums{y, {}};
    for (size_t c = 0; c < prepared->sums.size(); ++c)
        sums.offsets.push_back(wrapped(
            -zero * (prepared->sums[c] - (withZeros ? inner * prepared->zeros[c] : int64_t{0}))));
    return sums;
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

IntegerOperand::IntegerOperand(const OpContext& context, size_t input, size_t zeroPointInput)
    : values(context.input(input)),
      zeroPoint(context.optionalInput(zeroPointInput)),
      isConstant(context.isConstant(input) && (!zeroPoint || context.isConstant(zeroPointInput))) {}

IntegerSums convolvedIntegers(OpContext& context, const IntegerOperand& x,
                              const IntegerOperand& weights) {
    ConvolutionShape form = convolutionShape(context, x.values, weights.values);
    IntegerSums sums = convolvedInt8(context, form, x, weights);
    if (sums.values.isDefined())
        return sums;
    Device& device = context.device();
    auto& kept = keptState<KeptProducts>(context.state());
    const Shape& w = weights.values.shape();
    form.parameters.weightsAreConstant = weights.isConstant;
    const Tensor values =
        exactProduct(centeredIntegers(toRowMajor(device, x.values), x.zeroPoint, 0),
                     centeredWeights(kept, weights, 0), w.elementCount(1, w.rank()), kept.exact,
                     [&](const Tensor& a, const Tensor& b, NodeState& state) {
                         Tensor y = device.allocate(DType::Float32, form.y);
                         convolveInPieces(device, form.parameters, device.fromHost(a),
                                          device.fromHost(b), nullptr, y, state);
                         return device.toHost(y);
                     });
    return {toChannelsLast(device, values), {}};
}

IntegerSums multipliedIntegers(OpContext& context, const IntegerOperand& a, const IntegerOperand& b,
                               bool transposeA, bool transposeB) {
    const MatmulParameters parameters{
        .transposeA = transposeA, .transposeB = transposeB, .bIsConstant = b.isConstant};
    IntegerSums sums = multipliedInt8(context, parameters, a, b);
    if (sums.values.isDefined())
        return sums;
    Device& device = context.device();
    auto& kept = keptState<KeptProducts>(context.state());
    const size_t aRank = a.values.rank();
    const size_t bRank = b.values.rank();
    const size_t inner = aRank >= 2 && transposeA ? aRank - 2 : aRank - 1;
    const size_t columnAxis = bRank == 0 ? 0 : bRank - (transposeB && bRank >= 2 ? 2 : 1);
    return {
        exactProduct(centeredIntegers(a.values, a.zeroPoint, aRank < 2 ? 0 : aRank - 2),
                     centeredWeights(kept, b, columnAxis), aRank == 0 ? 1 : a.values.shape()[inner],
                     kept.exact,
                     [&](const Tensor& x, const Tensor& w, NodeState& state) {
                         return device.toHost(matrixProduct(device, parameters, device.fromHost(x),
                                                            device.fromHost(w), state));
                     }),
        {}};
}

}  // namespace clipscope::runtime
