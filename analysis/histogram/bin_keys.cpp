// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/bin_keys.h"

#include <array>
#include <cstring>

#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

constexpr size_t kLine = 16;   ///< values of a cache line
constexpr size_t kBlock = 32;  ///< values whose keys are made while those before are counted

using Keys = std::array<uint32_t, kBlock>;

/// Vector registers. Those of 64 bytes take a fifth longer on the processors measured (Zen 4),
/// where they are two halves; the compiler takes wider ones than the processor has apart.
struct Wide {
    using Words = uint32_t __attribute__((vector_size(32)));
    using Ints = int32_t __attribute__((vector_size(32)));
};
struct Narrow {
    using Words = uint32_t __attribute__((vector_size(16)));
    using Ints = int32_t __attribute__((vector_size(16)));
};
template <typename Vector>
constexpr size_t kLanes = sizeof(typename Vector::Words) / sizeof(uint32_t);

/// What was seen of every kLanes'th value.
template <typename Vector>
struct SeenLanes {
    using Words = typename Vector::Words;
    using Ints = typename Vector::Ints;
    Ints highest = Ints{} + std::numeric_limits<int32_t>::min();
    Words last = Words{};
    Words least = Words{} + std::numeric_limits<uint32_t>::max();
};

template <typename Vector>
CLIPSCOPE_INLINE void include(SeenLanes<Vector>& seen, const typename Vector::Words& bits,
                              const typename Vector::Words& magnitude) {
    const auto order = reinterpret_cast<typename Vector::Ints>(bits);
    const typename Vector::Words less = magnitude - 1;  // that of 0 is the largest there is
    seen.highest = order > seen.highest ? order : seen.highest;
    seen.last = bits > seen.last ? bits : seen.last;
    seen.least = less < seen.least ? less : seen.least;
}

template <typename Vector>
CLIPSCOPE_INLINE Seen ofAllLanes(const SeenLanes<Vector>& lanes) {
    Seen seen;
    for (size_t i = 0; i < kLanes<Vector>; ++i) {
        seen.highest = std::max(seen.highest, lanes.highest[i]);
        seen.last = std::max(seen.last, lanes.last[i]);
        seen.least = std::min(seen.least, lanes.least[i]);
    }
    return seen;
}

/// Of kBlock values. Zeros get keys of their own in turn. `floor`: the bits of the first fine
/// value.
template <typename Vector>
CLIPSCOPE_INLINE void makeKeys(const float* values, uint32_t floor, Keys& keys,
                               SeenLanes<Vector>& seen) {
    using Words = typename Vector::Words;
    Words zeros;
    for (size_t i = 0; i < kLanes<Vector>; ++i)
        zeros[i] = kZeroKeys + i % kZeroLanes;
    for (size_t i = 0; i < kBlock; i += kLanes<Vector>) {
        Words bits;
        std::memcpy(&bits, values + i, sizeof(bits));
        const Words magnitude = bits & Seen::kMagnitude;
        include<Vector>(seen, bits, magnitude);
        const Words fine = bits >> kFineShift;
        const Words coarse = (bits >> kCoarseShift) + kCoarseKeys;
        const Words key = magnitude < floor ? coarse : fine;
        const Words keyOrZero = magnitude == 0 ? zeros : key;
        std::memcpy(&keys[i], &keyOrZero, sizeof(keyOrZero));
    }
}

void countPair(const uint32_t* keys, uint16_t* counts) {  // one load for two keys
    uint64_t pair = 0;
    std::memcpy(&pair, keys, sizeof(pair));
    ++counts[static_cast<uint32_t>(pair)];
    ++counts[pair >> 32];
}

void countEach(const uint32_t* keys, uint16_t* counts) {
#pragma GCC unroll 8
    for (size_t i = 0; i < kLine; i += 2)
        countPair(keys + i, counts);
}

/// Incrementing one count again and again would wait for the store before.
void countTogether(const uint32_t* keys, uint16_t* counts) {
    uint32_t difference = 0;
    for (size_t i = 1; i < kLine; ++i)
        difference |= keys[i] ^ keys[0];
    if (difference == 0)
        counts[keys[0]] = static_cast<uint16_t>(counts[keys[0]] + kLine);
    else
        countEach(keys, counts);
}

/// A count takes the processor a store, at best one a cycle: time enough to make the keys of the
/// next block, and to fetch a line of each of what is `ahead`.
template <typename Vector, bool kRepeats>
CLIPSCOPE_INLINE Seen countBlocks(std::span<const float> values, uint32_t floor, const Ahead& ahead,
                                  uint16_t* counts) {
    alignas(64) std::array<Keys, 2> keys;
    SeenLanes<Vector> seen;
    const size_t whole = values.size() / kBlock * kBlock;
    if (whole != 0)
        makeKeys<Vector>(values.data(), floor, keys[0], seen);
    size_t turn = 0;
    for (size_t block = 0; block < whole; block += kBlock, turn ^= 1) {
        if (block + kBlock < whole)
            makeKeys<Vector>(values.data() + block + kBlock, floor, keys[turn ^ 1], seen);
        for (size_t i = 0; i < kBlock; i += kLine) {
            if (block + i < ahead.values.size())
                __builtin_prefetch(ahead.values.data() + block + i, 0, 2);
            if ((block + i) * sizeof(float) < ahead.bins.size())
                __builtin_prefetch(ahead.bins.data() + (block + i) * sizeof(float), 0, 2);
            if constexpr (kRepeats)
                countTogether(&keys[turn][i], counts);
            else
                countEach(&keys[turn][i], counts);
        }
    }
    if (const std::span rest = values.subspan(whole); !rest.empty()) {
        std::array<float, kBlock> filled;
        std::ranges::copy(rest, filled.begin());
        std::fill(filled.begin() + std::ssize(rest), filled.end(), rest.back());
        makeKeys<Vector>(filled.data(), floor, keys[0], seen);
        for (size_t i = 0; i < rest.size(); ++i)
            ++counts[keys[0][i]];
    }
    return ofAllLanes(seen);
}

template <bool kRepeats>
CLIPSCOPE_X86_V4 Seen countV4(std::span<const float> values, uint32_t floor, const Ahead& ahead,
                              uint16_t* counts) {
    return countBlocks<Wide, kRepeats>(values, floor, ahead, counts);
}

template <bool kRepeats>
CLIPSCOPE_X86_V3 Seen countV3(std::span<const float> values, uint32_t floor, const Ahead& ahead,
                              uint16_t* counts) {
    return countBlocks<Wide, kRepeats>(values, floor, ahead, counts);
}

template <bool kRepeats>
Seen count(std::span<const float> values, uint32_t floor, const Ahead& ahead, uint16_t* counts) {
    if (hasX86V4())
        return countV4<kRepeats>(values, floor, ahead, counts);
    if (hasX86V3())
        return countV3<kRepeats>(values, floor, ahead, counts);
    return countBlocks<Narrow, kRepeats>(values, floor, ahead, counts);
}

/// Whether more than a quarter of the first values are the same as the next and not 0.
bool repeats(std::span<const float> values) {
    constexpr size_t kLooked = 64;
    const size_t looked = std::min(kLooked, values.size() - 1);
    uint32_t repeated = 0;
    for (size_t i = 0; i < looked; ++i)
        repeated += std::bit_cast<uint32_t>(values[i]) == std::bit_cast<uint32_t>(values[i + 1]) &&
                    values[i] != 0;
    return repeated > looked / 4;
}

}  // namespace

Seen countByKey(std::span<const float> values, int lowestFine, const Ahead& ahead,
                uint16_t* counts) {
    if (values.empty())
        return {};
    const uint32_t floor = static_cast<uint32_t>(lowestFine) << 23;
    return repeats(values) ? count<true>(values, floor, ahead, counts)
                           : count<false>(values, floor, ahead, counts);
}

}  // namespace clipscope::histogram
