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

/// For what such functions share: it is compiled into each.
#define CLIPSCOPE_INLINE __attribute__((always_inline)) inline
