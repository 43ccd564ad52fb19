// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/element_types.h"

namespace clipscope::runtime {

void CpuDevice::cumulate(size_t axis, bool exclusive, bool reverse, const Tensor& x, Tensor& y) {
    const int64_t outer = x.shape().elementCount(0, axis);
    const int64_t extent = x.shape()[axis];
    const int64_t stride = x.shape().elementCount(axis + 1, x.rank());
    bool done = false;
    visitElementType(x.type(), [&]<typename T>() {
        if constexpr (!std::is_same_v<T, Boolean>) {
            const T* from = x.values<T>().data();
            T* to = y.mutableValues<T>().data();
            for (int64_t o = 0; o < outer; ++o)
                for (int64_t r = 0; r < stride; ++r) {
                    T sum = 0;
                    for (int64_t k = 0; k < extent; ++k) {
                        const int64_t i = reverse ? extent - 1 - k : k;
                        const int64_t at = (o * extent + i) * stride + r;
                        const T before = sum;
                        sum = functors::Add{}(sum, from[at]);
                        to[at] = exclusive ? before : sum;
                    }
                }
            done = true;
        }
    });
    if (!done)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("not computed for {}", clipscope::name(x.type())));
}

}  // namespace clipscope::runtime
