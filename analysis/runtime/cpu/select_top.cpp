// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/functors/order.h"

namespace clipscope::runtime {
namespace {

template <typename T>
void selectTopOf(size_t axis, bool largest, const Tensor& x, Tensor& values, Tensor& indices) {
    const int64_t extent = x.shape()[axis];
    const int64_t stride = x.shape().elementCount(axis + 1, x.rank());
    const int64_t k = values.shape()[axis];
    const T* from = x.values<T>().data();
    T* best = values.mutableValues<T>().data();
    int64_t* where = indices.mutableValues<int64_t>().data();
    const int64_t lines = x.elementCount() / std::max<int64_t>(1, extent);
    const int64_t grain = 1 + 4096 / std::max<int64_t>(1, extent);
    parallelFor(lines, grain, [&](int64_t begin, int64_t end, int) {
        std::vector<int64_t> order(static_cast<size_t>(extent));
        for (int64_t line = begin; line < end; ++line) {
            const int64_t outer = line / stride;
            const int64_t inner = line % stride;
            const T* first = from + outer * extent * stride + inner;
            std::iota(order.begin(), order.end(), int64_t{0});
            std::partial_sort(order.begin(), order.begin() + k, order.end(),
                              [&](int64_t a, int64_t b) {
                                  return functors::ComesBefore{largest}(first[a * stride],
                                                                        first[b * stride], a, b);
                              });
            for (int64_t i = 0; i < k; ++i) {
                const int64_t to = (outer * k + i) * stride + inner;
                where[to] = order[static_cast<size_t>(i)];
                best[to] = first[where[to] * stride];
            }
        }
    });
}

}  // namespace

void CpuDevice::selectTop(size_t axis, bool largest, const Tensor& x, Tensor& values,
                          Tensor& indices) {
    bool done = false;
    visitElementType(x.type(), [&]<typename T>() {
        if constexpr (!std::is_same_v<T, Boolean>) {
            selectTopOf<T>(axis, largest, x, values, indices);
            done = true;
        }
    });
    if (!done)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("not computed for {}", clipscope::name(x.type())));
}

}  // namespace clipscope::runtime
