// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

#include "analysis/base/error.h"
#include "analysis/runtime/functors.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// Whether it makes booleans of numbers; the other functions keep the type of their operands.
inline bool isComparison(BinaryFunction function) {
    return visitBinary(function, []<typename F>(F functor) {
        if constexpr (functors::kApplies<F, float>)
            return std::is_same_v<decltype(functor(0.0f, 0.0f)), bool>;
        else
            return false;
    });
}

/// Throws Error(Internal) where elements of `y` are not what `function` makes of those of `a`: a
/// device writes them without looking at y's type.
inline void requireResultOf(BinaryFunction function, const Tensor& a, const Tensor& y) {
    if (y.type() != (isComparison(function) ? DType::Bool : a.type()))
        throw Error(ErrorCode::Internal, "the output " + y.toString() +
                                             " is not of the type that " + a.toString() + " gives");
}

}  // namespace clipscope::runtime
