// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Runs kernels on the CPU for tests, the same source as on the GPU: a block at a time, in each
/// phase a thread at a time, in the order asked for. What a test sees must not depend on it.

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include "gpu/block.h"

namespace clipscope::gpu {

enum class SteppingOrder { Forward, Backward, Shuffled };

/// The order in which blocks, and the threads of a phase, are stepped from now on.
inline SteppingOrder& steppingOrder() {
    thread_local SteppingOrder order = SteppingOrder::Forward;
    return order;
}

inline std::vector<int64_t> inSteppingOrder(int64_t count) {
    std::vector<int64_t> order(static_cast<size_t>(count));
    std::iota(order.begin(), order.end(), int64_t{0});
    if (steppingOrder() == SteppingOrder::Backward)
        std::reverse(order.begin(), order.end());
    else if (steppingOrder() == SteppingOrder::Shuffled)
        std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(count)));
    return order;
}

class SteppedBlock {
public:
    template <typename T>
    class PerThread {
    public:
        PerThread(const SteppedBlock& block, T start)
            : m_values(static_cast<size_t>(block.size()), start) {}
        T& operator[](int thread) { return m_values[static_cast<size_t>(thread)]; }

    private:
        std::vector<T> m_values;
    };

    /// Shared memory starts as garbage.
    SteppedBlock(int64_t count, int size, size_t sharedBytes)
        : m_count(count),
          m_shared((sharedBytes + sizeof(Word) - 1) / sizeof(Word)),
          m_threads(inSteppingOrder(size)) {}

    void begin(int64_t index) {
        m_index = index;
        std::fill(m_shared.begin(), m_shared.end(), Word{0xcdcdcdcdcdcdcdcdu, 0xcdcdcdcdcdcdcdcdu});
    }

    int64_t index() const { return m_index; }
    int64_t count() const { return m_count; }
    int size() const { return static_cast<int>(m_threads.size()); }
    template <typename T>
    T* shared() {
        return reinterpret_cast<T*>(m_shared.data());
    }

    template <typename F>
    void each(F&& f) const {
        for (const int64_t thread : m_threads)
            f(static_cast<int>(thread));
    }
    template <typename F>
    void alone(F&& f) const {
        each(f);
    }
    template <typename T, typename Combine>
    void reduce(PerThread<T>& values, Combine combine) const {
        for (int distance = kWarp / 2; distance > 0; distance /= 2) {
            PerThread<T> before = values;
            for (int thread = 0; thread < size(); ++thread)
                values[thread] = combine(before[thread], before[thread ^ distance]);
        }
    }

    template <typename T>
    static void add(T* to, T value) {
        *to += value;
    }
    template <typename T>
    static void raise(T* to, T value) {
        *to = std::max(*to, value);
    }

private:
    struct alignas(16) Word {
        uint64_t parts[2];
    };
    int64_t m_index = 0;
    int64_t m_count = 1;
    std::vector<Word> m_shared;
    std::vector<int64_t> m_threads;
};

}  // namespace clipscope::gpu
