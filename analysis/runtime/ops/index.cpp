// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/index.h"

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {

int64_t normalizeIndex(int64_t index, int64_t extent) {
    if (index < -extent || index >= extent)
        throw Error(ErrorCode::BadInput,
                    fmt::format("index {} lies outside an axis of {}", index, extent));
    return index < 0 ? index + extent : index;
}

bool nextIndex(std::vector<int64_t>& index, const Shape& shape) {
    for (size_t axis = shape.rank(); axis-- > 0;) {
        if (++index[axis] < shape[axis])
            return true;
        index[axis] = 0;
    }
    return false;
}

}  // namespace clipscope::runtime
