// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/dnnl_support.h"
#include "analysis/runtime/cpu/plain_matmul.h"
#include "analysis/runtime/cpu/require_float32.h"

namespace clipscope::runtime {
namespace {

using Dims = dnnl::memory::dims;

/// A matrix product for fixed shapes.
struct PreparedMatmul {
    Shape aShape;
    Shape bShape;
    onednn::Planned planned;
    dnnl::memory::desc a;
    dnnl::memory::desc plainB;
    dnnl::memory::desc bias;  ///< empty: not added by the primitive
    dnnl::memory::desc y;
    const std::byte* packedFrom = nullptr;  ///< the matrix that `b` holds
    onednn::PackedMatrices b;               ///< a constant b in the primitive's layout
};

/// Most recently used first.
struct MatmulState {
    static constexpr size_t kMost = 4;
    std::deque<PreparedMatmul> prepared;
};

/// The extents but for the last two, with 1 in front up to `rank`.
Dims batchOf(const Shape& shape, size_t rank) {
    Dims batch(rank - (shape.rank() - 2), 1);
    batch.insert(batch.end(), shape.begin(), shape.end() - 2);
    return batch;
}

int64_t product(const Dims& extents) {
    int64_t count = 1;
    for (const int64_t extent : extents)
        count *= extent;
    return count;
}

dnnl::memory::desc matrixLayout(const Dims& batch, int64_t rows, int64_t columns, bool transposed) {
    Dims extents = batch;
    extents.insert(extents.end(), {rows, columns});
    Dims strides(extents.size());
    const size_t last = extents.size() - 1;
    strides[last] = transposed ? rows : 1;
    strides[last - 1] = transposed ? 1 : columns;
    int64_t step = rows * columns;
    for (size_t i = batch.size(); i-- > 0; step *= batch[i])
        strides[i] = step;
    return onednn::stridedLayout(extents, strides);
}

/// The primitive adds a bias of one row itself.
bool isRow(const Tensor* bias, int64_t columns) {
    return bias && bias->elementCount() == columns && bias->rank() > 0 &&
           bias->shape()[bias->rank() - 1] == columns;
}

PreparedMatmul prepare(const MatmulParameters& parameters, const Shape& a, const Shape& b,
                       bool withBias) {
    PreparedMatmul made;
    made.aShape = a;
    made.bShape = b;
    int64_t rows = a[a.rank() - (parameters.transposeA ? 1 : 2)];
    const int64_t inner = a[a.rank() - (parameters.transposeA ? 2 : 1)];
    const int64_t columns = b[b.rank() - (parameters.transposeB ? 2 : 1)];
    const size_t batchRank = std::max(a.rank(), b.rank()) - 2;
    Dims aBatch = batchOf(a, batchRank);
    Dims bBatch = batchOf(b, batchRank);
    Dims yBatch(batchRank);
    for (size_t i = 0; i < batchRank; ++i)
        yBatch[i] = aBatch[i] == 1 ? bBatch[i] : aBatch[i];
    if (product(bBatch) == 1 && !parameters.transposeA) {  // one tall product
        rows *= product(aBatch);
        aBatch = bBatch = yBatch = {};
    } else if (aBatch == bBatch) {
        aBatch = bBatch = yBatch = {product(aBatch)};
    }
    made.a = matrixLayout(aBatch, rows, inner, parameters.transposeA);
    made.plainB = matrixLayout(bBatch, inner, columns, parameters.transposeB);
    made.y = matrixLayout(yBatch, rows, columns, false);
    if (withBias)
        made.bias = matrixLayout(Dims(yBatch.size(), 1), 1, columns, false);
    const bool packs = parameters.bIsConstant && bBatch.empty();
    made.planned = onednn::planMatmul(
        made.a, packs ? onednn::anyLayout({inner, columns}) : made.plainB, made.bias, made.y);
    return made;
}

PreparedMatmul& preparedFor(MatmulState& state, const MatmulParameters& parameters, const Shape& a,
                            const Shape& b, bool withBias) {
    auto it = std::ranges::find_if(state.prepared, [&](const PreparedMatmul& p) {
        return p.aShape == a && p.bShape == b && (p.bias.get_size() > 0) == withBias;
    });
    if (it == state.prepared.end()) {
        state.prepared.push_front(prepare(parameters, a, b, withBias));
        if (state.prepared.size() > MatmulState::kMost)
            state.prepared.pop_back();
    } else if (it != state.prepared.begin()) {
        std::rotate(state.prepared.begin(), it, it + 1);
    }
    return state.prepared.front();
}

/// b in the primitive's layout, packed once (and once for all shapes that want the same).
dnnl::memory packed(MatmulState& state, PreparedMatmul& prepared, const Tensor& b) {
    const dnnl::memory plain = onednn::view(prepared.plainB, b);
    if (prepared.planned.weights == prepared.plainB)
        return plain;
    for (const PreparedMatmul& other : state.prepared)
        if (other.b && other.packedFrom == b.bytes() &&
            other.planned.weights == prepared.planned.weights) {
            prepared.packedFrom = other.packedFrom;
            prepared.b = other.b;
            return prepared.b->front();
        }
    prepared.b = onednn::packed(prepared.plainB, b, prepared.planned.weights);
    prepared.packedFrom = b.bytes();
    return prepared.b->front();
}

/// y = alpha y + beta bias.
void scaleAndAdd(float alpha, float beta, const Tensor* bias, Tensor& y) {
    const int64_t columns = y.shape()[y.rank() - 1];
    const int64_t rows = columns == 0 ? 0 : y.elementCount() / columns;
    std::vector<int64_t> steps(y.rank(), 0);  // of the bias along the axes of y
    if (bias) {
        const std::vector<int64_t> dense = bias->shape().strides();
        for (size_t i = 0; i < bias->rank(); ++i)
            if (bias->shape()[i] != 1)
                steps[y.rank() - bias->rank() + i] = dense[i];
    }
    const float* added = bias ? bias->values<float>().data() : nullptr;
    float* out = y.mutableValues<float>().data();
    const int64_t grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, columns));
    parallelFor(rows, grain, [&](int64_t begin, int64_t end, int) {
        for (int64_t row = begin; row < end; ++row) {
            int64_t offset = 0;
            int64_t rest = row;
            for (size_t axis = y.rank() - 1; axis-- > 0;) {
                offset += rest % y.shape()[axis] * steps[axis];
                rest /= y.shape()[axis];
            }
            float* to = out + row * columns;
            const int64_t step = steps[y.rank() - 1];
            for (int64_t i = 0; i < columns; ++i)
                to[i] = alpha * to[i] + (added ? beta * added[offset + i * step] : 0);
        }
    });
}

}  // namespace

void CpuDevice::matmul(const MatmulParameters& parameters, const Tensor& a, const Tensor& b,
                       const Tensor* bias, Tensor& y, NodeState& state) {
    a.requireRowMajor();
    b.requireRowMajor();
    if (plainMatmul(parameters, a, b, bias, y))
        return;
    requireFloat32("matrix product", {&a, &b, bias});
    if (y.elementCount() == 0)
        return;
    const bool plainBias =
        parameters.alpha == 1 && parameters.beta == 1 && isRow(bias, y.shape()[y.rank() - 1]);
    if (a.elementCount() == 0) {
        std::ranges::fill(y.mutableValues<float>(), 0.0f);
        return scaleAndAdd(1, parameters.beta, bias, y);
    }
    if (!state.has_value())
        state = MatmulState();
    auto& own = std::any_cast<MatmulState&>(state);
    onednn::translated("matrix product", [&] {
        PreparedMatmul& prepared = preparedFor(own, parameters, a.shape(), b.shape(), plainBias);
        onednn::Arguments arguments{{DNNL_ARG_SRC, onednn::view(prepared.a, a)},
                                    {DNNL_ARG_WEIGHTS, packed(own, prepared, b)},
                                    {DNNL_ARG_DST, onednn::view(prepared.y, y)}};
        if (plainBias)
            arguments.insert({DNNL_ARG_BIAS, onednn::view(prepared.bias, *bias)});
        onednn::execute(prepared.planned, arguments);
    });
    if (!plainBias && (bias || parameters.alpha != 1))
        scaleAndAdd(parameters.alpha, parameters.beta, bias, y);
}

}  // namespace clipscope::runtime
