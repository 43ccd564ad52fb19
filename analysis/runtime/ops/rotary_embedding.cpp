// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/ops/attention.h"

namespace clipscope::runtime {
namespace {

/// How x is laid out: an element lies at batch * ... + position * ... + head * ... + i.
struct Layout {
    int64_t batches, positions, heads, size;
    int64_t positionStride, headStride;
};

Layout layoutOf(const OpContext& context) {
    const Shape& s = context.input(0).shape();
    if (s.rank() == 4)  // batch x heads x positions x size
        return {s[0], s[2], s[1], s[3], s[3], s[2] * s[3]};
    const int64_t heads = context.attributes().getInt("num_heads", 0);
    if (s.rank() != 3 || heads < 1 || s[2] % heads != 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the input {} cannot be seen as {} heads", s.toString(), heads));
    return {s[0], s[1], heads, s[2] / heads, s[2], s[2] / heads};
}

}  // namespace

void runRotaryEmbedding(OpContext& context) {
    const Tensor& x = context.input(0);
    const Tensor& cosines = context.input(1);
    const Tensor& sines = context.input(2);
    const Layout layout = layoutOf(context);
    const bool interleaved = context.attributes().getInt("interleaved", 0) != 0;
    const int64_t given = context.attributes().getInt("rotary_embedding_dim", 0);
    if (given < 0 || given > layout.size)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} elements of {} cannot be rotated", given, x.toString()));
    const int64_t half = (given == 0 ? layout.size : given) / 2;
    const bool indexed = context.hasInput(3);
    const std::vector<int64_t> rows = indexed ? context.ints(3) : std::vector<int64_t>();
    const int64_t pairs = layout.batches * layout.positions;
    const bool rowsFit = indexed ? cosines.rank() == 2 && std::ssize(rows) == pairs
                                 : cosines.elementCount() == pairs * half;
    if (cosines.shape() != sines.shape() || cosines.rank() < 2 || 2 * half > layout.size ||
        cosines.shape()[cosines.rank() - 1] != half || !rowsFit)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the cosines {} and sines {} do not fit the input {}",
                                cosines.toString(), sines.toString(), x.toString()));
    for (const int64_t row : rows)
        if (row < 0 || row >= cosines.shape()[0])
            throw Error(ErrorCode::BadInput, fmt::format("position {} lies outside the cache {}",
                                                         row, cosines.toString()));
    Tensor y(x.type(), x.shape());
    const float* from = x.values<float>().data();
    float* to = y.mutableValues<float>().data();
    std::copy_n(from, x.elementCount(), to);
    const int64_t perBatch = layout.positions * layout.heads * layout.size;
    parallelFor(pairs, 64, [&](int64_t begin, int64_t end, int) {
        for (int64_t pair = begin; pair < end; ++pair) {
            const int64_t row = indexed ? rows[static_cast<size_t>(pair)] : pair;
            const float* c = cosines.values<float>().data() + row * half;
            const float* s = sines.values<float>().data() + row * half;
            for (int64_t head = 0; head < layout.heads; ++head) {
                const int64_t start = pair / layout.positions * perBatch +
                                      pair % layout.positions * layout.positionStride +
                                      head * layout.headStride;
                for (int64_t i = 0; i < half; ++i) {
                    const int64_t a = start + (interleaved ? 2 * i : i);
                    const int64_t b = interleaved ? a + 1 : a + half;
                    to[a] = c[i] * from[a] - s[i] * from[b];
                    to[b] = s[i] * from[a] + c[i] * from[b];
                }
            }
        }
    });
    context.setOutput(0, context.device().fromHost(y));
}

}  // namespace clipscope::runtime
