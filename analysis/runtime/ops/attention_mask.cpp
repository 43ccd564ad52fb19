// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/attention_mask.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/ops/binary.h"
#include "analysis/runtime/ops/index.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// Which keys each query of a batch may see: the mask has a length for each batch, or an element
/// for each key, or for each query and key.
class KeyMask {
public:
    KeyMask(const Tensor* mask, int64_t batches, int64_t queries, int64_t keys) {
        if (!mask)
            return;
        m_values = toInt64s(*mask);
        m_rank = mask->rank();
        m_queries = queries;
        m_keys = keys;
        const Shape expected = m_rank == 1   ? Shape{batches}
                               : m_rank == 2 ? Shape{batches, keys}
                                             : Shape{batches, queries, keys};
        if (mask->shape() != expected)
            throw Error(ErrorCode::Unsupported,
                        fmt::format("its mask {} is none of {} batches of {} queries and {} keys: "
                                    "a length for each batch, batches x keys, or batches x "
                                    "queries x keys",
                                    mask->toString(), batches, queries, keys));
    }

    bool shows(int64_t batch, int64_t query, int64_t key) const {
        if (m_rank == 0)
            return true;
        if (m_rank == 1)
            return key < m_values[static_cast<size_t>(batch)];
        const int64_t row = m_rank == 2 ? batch : batch * m_queries + query;
        return m_values[static_cast<size_t>(row * m_keys + key)] != 0;
    }

private:
    std::vector<int64_t> m_values;
    size_t m_rank = 0;
    int64_t m_queries = 0;
    int64_t m_keys = 0;
};

Tensor maskBias(const OpContext& context, const KeyMask& mask, const Shape& shape, bool causal) {
    const float hidden = context.attributes().getFloat("mask_filter_value", -10000.0f);
    Tensor bias(DType::Float32, shape);
    auto to = bias.mutableValues<float>().begin();
    const int64_t past = shape[3] - shape[2];
    for (int64_t b = 0; b < shape[0]; ++b)
        for (int64_t i = 0; i < shape[2]; ++i)
            for (int64_t j = 0; j < shape[3]; ++j)
                *to++ = mask.shows(b, i, j) && !(causal && j > i + past) ? 0.0f : hidden;
    return bias;
}

}  // namespace

Tensor scoreBias(OpContext& context, size_t mask, size_t given, const Shape& shape, bool causal) {
    Device& device = context.device();
    const Tensor* bias = context.optionalInput(given);
    if (!context.hasInput(mask) && !causal)
        return bias ? *bias : Tensor();
    const Tensor host = context.hasInput(mask) ? device.toHost(context.input(mask)) : Tensor();
    const KeyMask keyMask(host.isDefined() ? &host : nullptr, shape[0], shape[2], shape[3]);
    const Tensor hidden = device.fromHost(maskBias(context, keyMask, shape, causal));
    return bias ? added(device, hidden, *bias) : hidden;
}

double scoreScale(const OpContext& context, const Tensor& q) {
    const float scale = context.attributes().getFloat("scale", 0);
    return scale != 0 ? scale : defaultScale(q);
}

Tensor columns(Device& device, const Tensor& x, int64_t begin, int64_t count) {
    Shape shape = x.shape();
    shape[shape.rank() - 1] = count;
    StridedView from = wholeView(x.shape());
    from.offset = begin;
    Tensor y = device.allocate(x.type(), shape);
    device.copyStrided(shape, x, from, y, wholeView(shape));
    return y;
}

Tensor withBias(Device& device, const Tensor& x, const Tensor* bias, int64_t& begin) {
    if (!bias)
        return x;
    const int64_t width = x.shape()[x.rank() - 1];
    if (bias->rank() != 1 || begin + width > bias->shape()[0])
        throw Error(ErrorCode::BadInput,
                    fmt::format("the bias {} does not fit {}", bias->toString(), x.toString()));
    const Tensor own = columns(device, *bias, begin, width);
    begin += width;
    return added(device, x, own);
}

Tensor interleavedPart(Device& device, const Tensor& x, size_t part) {
    const size_t axis = x.rank() - 2;
    std::vector<int64_t> extents = x.shape().extents();
    const std::vector<int64_t> index = {normalizeIndex(static_cast<int64_t>(part), extents[axis])};
    extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(axis));
    Tensor y = device.allocate(x.type(), Shape(extents));
    device.gather(x, axis, index, y);
    extents[axis - 1] *= extents[axis];
    extents.pop_back();
    return y.reshaped(Shape(std::move(extents)));
}

}  // namespace clipscope::runtime
