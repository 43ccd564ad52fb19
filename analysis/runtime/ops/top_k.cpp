// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/ops/selection.h"

namespace clipscope::runtime {
namespace {

struct TopKForm {
    int64_t extent;  ///< of the axis
    int64_t stride;  ///< between neighbours along it
    int64_t k;
    bool largest;
};

/// NaN counts as the largest; of equals the first comes first.
template <typename T>
void selectTop(const Tensor& x, const TopKForm& form, Tensor& values, Tensor& indices) {
    const T* from = x.values<T>().data();
    T* best = values.mutableValues<T>().data();
    int64_t* where = indices.mutableValues<int64_t>().data();
    const int64_t lines = x.elementCount() / std::max<int64_t>(1, form.extent);
    parallelFor(
        lines, 1 + 4096 / std::max<int64_t>(1, form.extent), [&](int64_t begin, int64_t end, int) {
            std::vector<int64_t> order(static_cast<size_t>(form.extent));
            for (int64_t line = begin; line < end; ++line) {
                const int64_t outer = line / form.stride;
                const int64_t inner = line % form.stride;
                const T* first = from + outer * form.extent * form.stride + inner;
                std::iota(order.begin(), order.end(), int64_t{0});
                std::partial_sort(order.begin(), order.begin() + form.k, order.end(),
                                  [&](int64_t a, int64_t b) {
                                      const T left = first[a * form.stride];
                                      const T right = first[b * form.stride];
                                      const bool leftIsLarger =
                                          left > right || (functors::isNaN(left) && right == right);
                                      const bool rightIsLarger =
                                          right > left || (functors::isNaN(right) && left == left);
                                      if (leftIsLarger == rightIsLarger)
                                          return a < b;
                                      return form.largest ? leftIsLarger : rightIsLarger;
                                  });
                for (int64_t i = 0; i < form.k; ++i) {
                    const int64_t to = (outer * form.k + i) * form.stride + inner;
                    where[to] = order[static_cast<size_t>(i)];
                    best[to] = first[where[to] * form.stride];
                }
            }
        });
}

}  // namespace

void runTopK(OpContext& context) {
    const Tensor& x = context.input(0);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", -1), x.rank());
    const int64_t k =
        context.opset() < 10 ? context.attributes().getInt("k") : context.ints(1).at(0);
    if (k < 0 || k > x.shape()[axis])
        throw Error(ErrorCode::BadInput, fmt::format("the {} largest of {} along axis {} are asked",
                                                     k, x.toString(), axis));
    Shape shape = x.shape();
    shape[axis] = k;
    Tensor values(x.type(), shape);
    Tensor indices(DType::Int64, shape);
    const TopKForm form{x.shape()[axis], x.shape().elementCount(axis + 1, x.rank()), k,
                        context.attributes().getInt("largest", 1) != 0};
    bool done = false;
    visitElementType(x.type(), [&]<typename T>() {
        if constexpr (!std::is_same_v<T, Boolean>) {
            selectTop<T>(x, form, values, indices);
            done = true;
        }
    });
    if (!done)
        throw Error(ErrorCode::Unsupported, fmt::format("not computed for {}", name(x.type())));
    context.setOutput(0, context.device().fromHost(values));
    context.setOutput(1, context.device().fromHost(indices));
}

}  // namespace clipscope::runtime
