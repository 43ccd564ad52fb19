// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/functors/rotate.h"

#include <algorithm>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {

void CpuDevice::rotate(const Rotation& rotation, std::span<const int64_t> rows, const Tensor& x,
                       const Tensor& cosines, const Tensor& sines, Tensor& y) {
    const HeadLayout& layout = rotation.layout;
    const int64_t half = rotation.half;
    const float* from = x.values<float>().data();
    const float* cosine = cosines.values<float>().data();
    const float* sine = sines.values<float>().data();
    float* to = y.mutableValues<float>().data();
    std::copy_n(from, x.elementCount(), to);
    parallelFor(std::ssize(rows), 64, [&](int64_t begin, int64_t end, int) {
        for (int64_t pair = begin; pair < end; ++pair) {
            const float* c = cosine + rows[static_cast<size_t>(pair)] * half;
            const float* s = sine + rows[static_cast<size_t>(pair)] * half;
            for (int64_t head = 0; head < layout.heads; ++head) {
                const int64_t start = pair / layout.positions * layout.perBatch() +
                                      pair % layout.positions * layout.positionStride +
                                      head * layout.headStride;
                for (int64_t i = 0; i < half; ++i) {
                    const int64_t a = start + (rotation.interleaved ? 2 * i : i);
                    const int64_t b = rotation.interleaved ? a + 1 : a + half;
                    const functors::Rotated both = functors::rotated(from[a], from[b], c[i], s[i]);
                    to[a] = both.first;
                    to[b] = both.second;
                }
            }
        }
    });
}

}  // namespace clipscope::runtime
