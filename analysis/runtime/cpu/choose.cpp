// SPDX-License-Identifier: Apache-2.0
// Elements chosen along an axis, and weighted sums of them.
#include <algorithm>
#include <cstring>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/ops/resize_taps.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrainBytes = 65536;

/// y[o][j] = x[o][indices[j]], from row `begin` of y to `end`: copy(to, from) with the rows'
/// numbers.
template <typename Copy>
void chooseRows(std::span<const int64_t> indices, int64_t extent, int64_t begin, int64_t end,
                Copy&& copy) {
    const auto count = static_cast<int64_t>(indices.size());
    int64_t j = begin % count;
    int64_t block = begin / count * extent;
    for (int64_t row = begin; row < end; ++row) {
        copy(row, block + indices[static_cast<size_t>(j)]);
        if (++j == count) {
            j = 0;
            block += extent;
        }
    }
}

}  // namespace

void CpuDevice::gather(const Tensor& x, size_t axis, std::span<const int64_t> indices, Tensor& y) {
    x.requireRowMajor();
    if (y.byteSize() == 0)
        return;
    const Shape& shape = x.shape();
    const size_t size = elementSize(x.type());
    const int64_t extent = shape[axis];
    const size_t run = static_cast<size_t>(shape.elementCount(axis + 1, shape.rank())) * size;
    const int64_t rows = shape.elementCount(0, axis) * static_cast<int64_t>(indices.size());
    const int64_t grain = std::max<int64_t>(1, kGrainBytes / static_cast<int64_t>(run));
    const std::byte* from = x.bytes();
    std::byte* to = y.mutableBytes();
    if (run != size)
        return parallelFor(rows, grain, [&](int64_t begin, int64_t end, int) {
            chooseRows(indices, extent, begin, end, [&](int64_t y0, int64_t x0) {
                std::memcpy(to + static_cast<size_t>(y0) * run,
                            from + static_cast<size_t>(x0) * run, run);
            });
        });
    visitElementSize(size, [&]<typename U>() {
        const auto* elements = reinterpret_cast<const U*>(from);
        auto* chosen = reinterpret_cast<U*>(to);
        parallelFor(rows, grain, [&](int64_t begin, int64_t end, int) {
            chooseRows(indices, extent, begin, end,
                       [&](int64_t y0, int64_t x0) { chosen[y0] = elements[x0]; });
        });
    });
}

void CpuDevice::resize(const Tensor& x, size_t axis, const ResizeTaps& taps, float outside,
                       Tensor& y) {
    x.requireRowMajor();
    const Shape& shape = x.shape();
    const int64_t extent = shape[axis];
    const int64_t outputs = y.shape()[axis];
    const int64_t inner = shape.elementCount(axis + 1, shape.rank());
    const float* from = x.values<float>().data();
    float* to = y.mutableValues<float>().data();
    const int64_t work = inner * static_cast<int64_t>(taps.width);
    parallelFor(shape.elementCount(0, axis) * outputs, 1 + 16384 / std::max<int64_t>(1, work),
                [&](int64_t begin, int64_t end, int) {
                    for (int64_t i = begin; i < end; ++i) {
                        const size_t first = static_cast<size_t>(i % outputs) * taps.width;
                        const float* block = from + i / outputs * extent * inner;
                        float* row = to + i * inner;
                        std::fill_n(row, inner, taps.indices[first] < 0 ? outside : 0.0f);
                        for (size_t t = first; t < first + taps.width; ++t) {
                            const float weight = taps.weights[t];
                            if (weight == 0)
                                continue;
                            const float* source = block + taps.indices[t] * inner;
                            for (int64_t k = 0; k < inner; ++k)
                                row[k] += weight * source[k];
                        }
                    }
                });
}

}  // namespace clipscope::runtime
