// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Put before a function with a loop of integer or elementwise work: it is compiled for AVX2
/// and AVX-512 too and the processor decides at start-up. Results do not depend on it. The
/// sanitizers cannot run the resolvers that this makes.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define CLIPSCOPE_VECTORISE \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLIPSCOPE_VECTORISE
#endif

/// Before functions that use vectors of a width of their own, 64 and 32 bytes: callers ask
/// hasX86V4() and hasX86V3() first.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLIPSCOPE_X86_V4 __attribute__((target("arch=x86-64-v4")))
#define CLIPSCOPE_X86_V3 __attribute__((target("arch=x86-64-v3")))
#else
#define CLIPSCOPE_X86_V4
#define CLIPSCOPE_X86_V3
#endif

/// For what such functions share: it is compiled into each.
#define CLIPSCOPE_INLINE __attribute__((always_inline)) inline

namespace clipscope::histogram {

inline bool hasX86V4() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    return __builtin_cpu_supports("x86-64-v4");
#else
    return false;
#endif
}

inline bool hasX86V3() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    return __builtin_cpu_supports("x86-64-v3");
#else
    return false;
#endif
}

}  // namespace clipscope::histogram
