// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/rotary.h"

#include <fmt/format.h>

#include "analysis/base/error.h"

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

Tensor rotated(Device& device, const Tensor& x, const HeadLayout& layout, const RotaryTable& table,
               std::span<const int64_t> rows) {
    table.requireFit(x, layout);
    const int64_t known = table.cosines.shape().elementCount(0, table.cosines.rank() - 1);
    for (const int64_t row : rows)
        if (row < 0 || row >= known)
            throw Error(ErrorCode::BadInput, fmt::format("position {} lies outside the cosines {}",
                                                         row, table.cosines.toString()));
    if (std::ssize(rows) != layout.batches * layout.positions)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} positions do not fit {}", rows.size(), x.toString()));
    Tensor y = device.allocate(x.type(), x.shape());
    device.rotate({layout, table.half, table.interleaved}, rows, x, table.cosines, table.sines, y);
    return y;
}

}  // namespace clipscope::runtime
