// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <type_traits>

#if defined(__CUDACC__)
#define CLIPSCOPE_HD __host__ __device__
#else
#define CLIPSCOPE_HD
#endif

namespace clipscope::runtime::functors {

/// The element types that a function takes, as bits of its kTypes.
inline constexpr unsigned kFloats = 1;
inline constexpr unsigned kSigned = 2;
inline constexpr unsigned kUnsigned = 4;
inline constexpr unsigned kBool = 8;
inline constexpr unsigned kNumbers = kFloats | kSigned | kUnsigned;
inline constexpr unsigned kIntegers = kSigned | kUnsigned;
inline constexpr unsigned kAll = kNumbers | kBool;

template <typename T>
inline constexpr unsigned kTypeBit = std::is_same_v<T, bool>       ? kBool
                                     : std::is_floating_point_v<T> ? kFloats
                                     : std::is_signed_v<T>         ? kSigned
                                                                   : kUnsigned;

/// Whether a device compiles and runs functor F for arguments of type T (float, double, the
/// integers, bool; the half types are computed as float).
template <typename F, typename T>
inline constexpr bool kApplies = (F::kTypes & kTypeBit<T>) != 0;

template <typename T>
CLIPSCOPE_HD inline bool isNaN(T x) {
    return x != x;  // NOLINT(misc-redundant-expression): what NaN is
}

/// x < 0, without a warning where no T is.
template <typename T>
CLIPSCOPE_HD inline bool isNegative(T x) {
    if constexpr (std::is_unsigned_v<T>)
        return false;
    else
        return x < 0;
}

/// Integer arithmetic that wraps around, without undefined overflow.
template <typename T>
using Wrapped = std::conditional_t<(sizeof(T) > 4), uint64_t, uint32_t>;

}  // namespace clipscope::runtime::functors
