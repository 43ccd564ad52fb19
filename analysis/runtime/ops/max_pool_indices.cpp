// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/max_pool_indices.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"

namespace clipscope::runtime {
namespace {

/// Steps a multi-index; false after the last one.
bool next(std::vector<int64_t>& index, std::span<const int64_t> extents) {
    for (size_t axis = index.size(); axis-- > 0;) {
        if (++index[axis] < extents[axis])
            return true;
        index[axis] = 0;
    }
    return false;
}

/// The position of the maximum of one window, or -1 when the window holds only padding.
std::vector<int64_t> argMax(const PoolParameters& parameters, std::span<const float> plane,
                            std::span<const int64_t> input, std::span<const int64_t> window) {
    std::vector<int64_t> best;
    float largest = 0;
    std::vector<int64_t> tap(window.size(), 0);
    std::vector<int64_t> at(window.size());
    do {
        int64_t offset = 0;
        bool inside = true;
        for (size_t i = 0; i < at.size(); ++i) {
            at[i] = window[i] * parameters.strides[i] - parameters.padsBegin[i] +
                    tap[i] * parameters.dilations[i];
            inside = inside && at[i] >= 0 && at[i] < input[i];
            offset = offset * input[i] + at[i];
        }
        if (inside && (best.empty() || plane[static_cast<size_t>(offset)] > largest)) {
            best = at;
            largest = plane[static_cast<size_t>(offset)];
        }
    } while (next(tap, parameters.kernel));
    return best;
}

int64_t flattened(std::span<const int64_t> at, std::span<const int64_t> input, bool columnMajor) {
    int64_t offset = 0;
    for (size_t i = 0; i < at.size(); ++i) {
        const size_t axis = columnMajor ? at.size() - 1 - i : i;
        offset = offset * input[axis] + at[axis];
    }
    return offset;
}

}  // namespace

Tensor maxPoolIndices(const PoolParameters& parameters, const Tensor& x, const Shape& output,
                      bool columnMajor) {
    if (x.type() != DType::Float32)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("indices of MaxPool are computed for float32 only, not for {}",
                                name(x.type())));
    Tensor indices(DType::Int64, output);
    const auto values = x.values<float>();
    const auto out = indices.mutableValues<int64_t>();
    const std::vector<int64_t> input(x.shape().begin() + 2, x.shape().end());
    const std::vector<int64_t> windows(output.begin() + 2, output.end());
    const int64_t inputs = Shape(input).elementCount();
    const int64_t outputs = Shape(windows).elementCount();
    if (outputs == 0)
        return indices;
    parallelFor(output[0] * output[1], 1, [&](int64_t begin, int64_t end, int) {
        for (int64_t p = begin; p < end; ++p) {
            const auto plane =
                values.subspan(static_cast<size_t>(p * inputs), static_cast<size_t>(inputs));
            std::vector<int64_t> window(windows.size(), 0);
            auto* to = out.data() + p * outputs;
            do {
                const std::vector<int64_t> best = argMax(parameters, plane, input, window);
                *to++ = p * inputs + flattened(best, input, columnMajor);
            } while (next(window, windows));
        }
    });
    return indices;
}

}  // namespace clipscope::runtime
