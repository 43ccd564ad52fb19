// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/rotary.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"

namespace clipscope::runtime {

HeadLayout headLayout(const Tensor& x, int64_t heads) {
    const Shape& s = x.shape();
    if (s.rank() == 4)
        return {s[0], s[2], s[1], s[3], s[3], s[2] * s[3]};
    if (s.rank() != 3 || heads < 1 || s[2] % heads != 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the input {} cannot be seen as {} heads", s.toString(), heads));
    return {s[0], s[1], heads, s[2] / heads, s[2], s[2] / heads};
}

void RotaryTable::requireFit(const Tensor& x, const HeadLayout& layout) const {
    if (cosines.shape() != sines.shape() || cosines.rank() < 2 || half < 0 ||
        2 * half > layout.size || cosines.shape()[cosines.rank() - 1] != half)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the cosines {} and sines {} do not fit the input {}",
                                cosines.toString(), sines.toString(), x.toString()));
}

Tensor rotated(const Tensor& x, const HeadLayout& layout, const RotaryTable& table,
               std::span<const int64_t> rows) {
    table.requireFit(x, layout);
    const int64_t half = table.half;
    const int64_t known = table.cosines.shape().elementCount(0, table.cosines.rank() - 1);
    for (const int64_t row : rows)
        if (row < 0 || row >= known)
            throw Error(ErrorCode::BadInput, fmt::format("position {} lies outside the cosines {}",
                                                         row, table.cosines.toString()));
    if (std::ssize(rows) != layout.batches * layout.positions)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} positions do not fit {}", rows.size(), x.toString()));
    Tensor y(x.type(), x.shape());
    const float* from = x.values<float>().data();
    const float* cosines = table.cosines.values<float>().data();
    const float* sines = table.sines.values<float>().data();
    float* to = y.mutableValues<float>().data();
    std::copy_n(from, x.elementCount(), to);
    const int64_t perBatch = layout.positions * layout.heads * layout.size;
    parallelFor(std::ssize(rows), 64, [&](int64_t begin, int64_t end, int) {
        for (int64_t pair = begin; pair < end; ++pair) {
            const float* c = cosines + rows[static_cast<size_t>(pair)] * half;
            const float* s = sines + rows[static_cast<size_t>(pair)] * half;
            for (int64_t head = 0; head < layout.heads; ++head) {
                const int64_t start = pair / layout.positions * perBatch +
                                      pair % layout.positions * layout.positionStride +
                                      head * layout.headStride;
                for (int64_t i = 0; i < half; ++i) {
                    const int64_t a = start + (table.interleaved ? 2 * i : i);
                    const int64_t b = table.interleaved ? a + 1 : a + half;
                    to[a] = c[i] * from[a] - s[i] * from[b];
                    to[b] = s[i] * from[a] + c[i] * from[b];
                }
            }
        }
    });
    return y;
}

}  // namespace clipscope::runtime
