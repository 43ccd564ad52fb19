// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/ops/axis_blocks.h"
#include "analysis/runtime/ops/reduce.h"

namespace clipscope::runtime {
namespace {

template <typename T>
void cumulate(const Tensor& x, const AxisBlocks& blocks, bool exclusive, bool reverse, Tensor& y) {
    const T* from = x.values<T>().data();
    T* to = y.mutableValues<T>().data();
    for (int64_t o = 0; o < blocks.outer; ++o)
        for (int64_t r = 0; r < blocks.run; ++r) {
            T sum = 0;
            for (int64_t k = 0; k < blocks.extent; ++k) {
                const int64_t i = reverse ? blocks.extent - 1 - k : k;
                const int64_t at = (o * blocks.extent + i) * blocks.run + r;
                const T before = sum;
                sum = functors::Add{}(sum, from[at]);
                to[at] = exclusive ? before : sum;
            }
        }
}

}  // namespace

void runCumSum(OpContext& context) {
    const Tensor& x = context.input(0);
    const size_t axis = normalizeAxis(context.ints(1).at(0), x.rank());
    const bool exclusive = context.attributes().getInt("exclusive", 0) != 0;
    const bool reverse = context.attributes().getInt("reverse", 0) != 0;
    Tensor y(x.type(), x.shape());
    bool done = false;
    visitElementType(x.type(), [&]<typename T>() {
        if constexpr (!std::is_same_v<T, Boolean>) {
            cumulate<T>(x, AxisBlocks(x.shape(), axis), exclusive, reverse, y);
            done = true;
        }
    });
    if (!done)
        throw Error(ErrorCode::Unsupported, fmt::format("not computed for {}", name(x.type())));
    context.setOutput(0, context.device().fromHost(y));
}

}  // namespace clipscope::runtime
