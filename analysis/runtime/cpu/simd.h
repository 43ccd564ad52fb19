// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Loops over float are compiled for the baseline processor, AVX2 and, where wider vectors pay,
/// AVX-512; the best is chosen at run time. All give the same bits: no fused multiply-add is formed
/// (ClipscopeOptions.cmake).
#if defined(__x86_64__) && defined(__GNUC__)
#define CLIPSCOPE_HAVE_WIDE_LOOPS 1
#define CLIPSCOPE_AVX2 __attribute__((target("avx2")))
#if defined(__clang__)  // knows no preferred width
#define CLIPSCOPE_AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))
#else
#define CLIPSCOPE_AVX512 \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,prefer-vector-width=512")))
#endif
#else
#define CLIPSCOPE_HAVE_WIDE_LOOPS 0
#define CLIPSCOPE_AVX2
#define CLIPSCOPE_AVX512
#endif

namespace clipscope::runtime {

inline bool hasAvx2() {
#if CLIPSCOPE_HAVE_WIDE_LOOPS
    static const bool has = __builtin_cpu_supports("avx2");
    return has;
#else
    return false;
#endif
}

inline bool hasAvx512() {
#if CLIPSCOPE_HAVE_WIDE_LOOPS
    static const bool has =
        __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    return has;
#else
    return false;
#endif
}

}  // namespace clipscope::runtime
