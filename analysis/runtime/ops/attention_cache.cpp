// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/attention_cache.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// The first `count` positions of x.
Tensor upTo(Device& device, const Tensor& x, int64_t count) {
    Shape shape = x.shape();
    shape[2] = count;
    Tensor y = device.allocate(x.type(), shape);
    device.copyStrided(shape, x, wholeView(x.shape()), y, wholeView(shape));
    return y;
}

/// `past` with x after its first `known` positions.
Tensor filled(Device& device, const Tensor& past, int64_t known, const Tensor& x) {
    Shape expected = x.shape();
    expected[2] = past.rank() == 4 ? past.shape()[2] : 0;
    if (past.shape() != expected || past.type() != x.type() || known < 0 ||
        known + x.shape()[2] > expected[2])
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} after position {} does not fit into the past {}", x.toString(),
                                known, past.toString()));
    Tensor y = device.allocate(past.type(), past.shape());
    device.copyStrided(past.shape(), past, wholeView(past.shape()), y, wholeView(past.shape()));
    StridedView to = wholeView(y.shape());
    to.offset = known * to.strides[2];
    device.copyStrided(x.shape(), x, wholeView(x.shape()), y, to);
    return y;
}

/// x with the first `known` positions of each beam taken from the beams that `origins` names.
Tensor reordered(Device& device, const Tensor& x, const Tensor& origins, int64_t known) {
    const std::vector<int64_t> beams = toInt64s(device.toHost(origins));
    const Shape& given = origins.shape();
    if (origins.rank() != 3 || given[0] * given[1] != x.shape()[0] || given[2] < known)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the origins {} do not fit {}", origins.toString(), x.toString()));
    Tensor y = upTo(device, x, x.shape()[2]);
    const Shape one{1, x.shape()[1], 1, x.shape()[3]};
    const StridedView whole = wholeView(x.shape());
    for (int64_t b = 0; b < x.shape()[0]; ++b)
        for (int64_t i = 0; i < known; ++i) {
            const int64_t beam = beams[static_cast<size_t>(b * given[2] + i)];
            if (beam < 0 || beam >= given[1])
                throw Error(ErrorCode::BadInput, fmt::format("there is no beam {}", beam));
            StridedView from = whole;
            from.offset =
                (b / given[1] * given[1] + beam) * whole.strides[0] + i * whole.strides[2];
            StridedView to = whole;
            to.offset = b * whole.strides[0] + i * whole.strides[2];
            device.copyStrided(one, x, from, y, to);
        }
    return y;
}

}  // namespace

CachedPair withPast(OpContext& context, const CacheInputs& inputs, const Tensor& k,
                    const Tensor& v) {
    const Tensor* keys = context.optionalInput(inputs.keys);
    const Tensor* values = context.optionalInput(inputs.values);
    if (!keys || !values)
        return {k, v, k, v};
    Device& device = context.device();
    const bool hasRoom = context.hasInput(inputs.length) &&
                         context.attributes().getInt("past_present_share_buffer", 1) != 0;
    int64_t known = keys->rank() == 4 ? keys->shape()[2] : 0;
    CachedPair pair;
    if (hasRoom) {
        const std::vector<int64_t> lengths = context.ints(inputs.length);
        known = lengths.empty() ? -1 : lengths[0];
        pair.presentKeys = filled(device, *keys, known, k);
        pair.presentValues = filled(device, *values, known, v);
        pair.k = upTo(device, pair.presentKeys, known + k.shape()[2]);
        pair.v = upTo(device, pair.presentValues, known + v.shape()[2]);
    } else {
        pair.presentKeys = pair.k = appended(device, keys, k);
        pair.presentValues = pair.v = appended(device, values, v);
    }
    if (const Tensor* origins = context.optionalInput(inputs.origins)) {
        pair.k = reordered(device, pair.k, *origins, known);
        pair.v = reordered(device, pair.v, *origins, known);
    }
    return pair;
}

}  // namespace clipscope::runtime
