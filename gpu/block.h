// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A block of threads as a kernel's body sees it. Bodies are written once against it, for both
/// sides (CLIPSCOPE_HD): nvcc compiles them for DeviceBlock, tests step the same source with
/// SteppedBlock (stepped_block.h), block by block and thread by thread, in any order.
///
/// A body is a sequence of phases that every thread of the block goes through, so that no barrier
/// can lie under a condition that threads see differently:
///   each(f)   f(thread) for all threads, then all wait for all. What f writes to shared memory is
///             read in a later phase only; shared memory is touched inside phases only.
///   alone(f)  the same without waiting: f must not need what other threads write meanwhile.
///   reduce(values, combine)  leaves in every thread of a warp what combine makes of the warp's
///             values; combine is commutative. The order is the same on the GPU and stepped.
/// Conditions around phases depend on the block, the kernel and uniform data only. Between phases a
/// thread remembers through PerThread.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "analysis/runtime/functors/types.h"

namespace clipscope::gpu {

inline constexpr int kWarp = 32;

/// Before a loop over an array that is to stay in registers.
#if defined(__CUDA_ARCH__)
#define CLIPSCOPE_UNROLL _Pragma("unroll")
#else
#define CLIPSCOPE_UNROLL
#endif

/// What is seldom called, and would only make its callers long.
#if defined(__CUDACC__)
#define CLIPSCOPE_COLD CLIPSCOPE_HD __noinline__
#else
#define CLIPSCOPE_COLD
#endif

#if defined(__CUDACC__)

class DeviceBlock {
public:
    template <typename T>
    class PerThread {
    public:
        __device__ PerThread(const DeviceBlock&, T start) : m_value(start) {}
        __device__ T& operator[](int) { return m_value; }

    private:
        T m_value;
    };

    __device__ int64_t index() const { return blockIdx.x; }
    __device__ int64_t count() const { return gridDim.x; }
    __device__ int size() const { return static_cast<int>(blockDim.x); }
    /// Memory that the block's threads share, 16-byte aligned, uninitialised.
    template <typename T>
    __device__ T* shared() const {
        extern __shared__ __align__(16) unsigned char g_clipscopeShared[];
        return reinterpret_cast<T*>(g_clipscopeShared);
    }

    template <typename F>
    __device__ void each(F&& f) const {
        f(static_cast<int>(threadIdx.x));
        __syncthreads();
    }
    template <typename F>
    __device__ void alone(F&& f) const {
        f(static_cast<int>(threadIdx.x));
    }
    template <typename T, typename Combine>
    __device__ void reduce(PerThread<T>& values, Combine combine) const {
        for (int distance = kWarp / 2; distance > 0; distance /= 2)
            values[0] = combine(values[0], fromLane(values[0], distance));
    }

    __device__ static void add(uint32_t* to, uint32_t value) { atomicAdd(to, value); }
    __device__ static void add(uint64_t* to, uint64_t value) {
        static_assert(sizeof(unsigned long long) == sizeof(uint64_t));
        atomicAdd(reinterpret_cast<unsigned long long*>(to), value);
    }
    __device__ static void raise(uint32_t* to, uint32_t value) { atomicMax(to, value); }

private:
    /// The value of the lane whose number differs in the bit `distance`.
    template <typename T>
    __device__ static T fromLane(const T& value, int distance) {
        if constexpr (std::is_arithmetic_v<T>) {
            return __shfl_xor_sync(0xffffffffu, value, distance);
        } else {
            static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % sizeof(uint32_t) == 0);
            uint32_t words[sizeof(T) / sizeof(uint32_t)];
            memcpy(words, &value, sizeof value);
            for (uint32_t& word : words)
                word = __shfl_xor_sync(0xffffffffu, word, distance);
            T other;
            memcpy(&other, words, sizeof other);
            return other;
        }
    }
};

#endif

/// The place of a float among all of them, by its bits: NaNs of either sign at the ends, -0 just
/// below 0. So that a place can be raised atomically from 0, which no finite float has.
CLIPSCOPE_HD inline uint32_t rankOf(uint32_t bits) {
    return (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
}
CLIPSCOPE_HD inline uint32_t bitsOfRank(uint32_t rank) {
    return (rank >> 31) != 0 ? rank & 0x7fffffffu : ~rank;
}

CLIPSCOPE_HD inline uint32_t bitsOf(float value) {
    return std::bit_cast<uint32_t>(value);
}

}  // namespace clipscope::gpu
