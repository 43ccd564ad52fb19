// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Which values of a unit a lane sees, 16 bytes at a time where they can be had so; it asks for
/// several before it looks at the first. observe(value, extremes) is false for a rare value, which
/// observeRare(value, extremes) takes; that ignores others.

#include "gpu/kernels/observed_layout.h"
#include "gpu/kernels/tally.h"

namespace clipscope::gpu {

struct alignas(16) Four {
    static constexpr int kCount = 4;
    float values[kCount];
};

CLIPSCOPE_HD inline bool isAligned(const float* x) {
    return reinterpret_cast<uintptr_t>(x) % sizeof(Four) == 0;
}

/// `count` pieces `step` apart: observe(value, extremes[c]) for the c-th value of each, and
/// observeRare() where that was false. While two pieces are looked at, the next two are on their
/// way. Rare values are read again, as what is in registers cannot be indexed.
template <typename ExtremesOf, typename Observe, typename Rare>
CLIPSCOPE_HD void visitFours(const Four* from, int count, int64_t step, ExtremesOf&& extremesOf,
                             Observe&& observe, Rare&& observeRare) {
    const auto load = [&](const Four* at, int number) { return number < count ? *at : Four(); };
    const auto look = [&](const Four& four, const Four* at) {
        bool isRare = false;
        CLIPSCOPE_UNROLL
        for (int c = 0; c < Four::kCount; ++c)
            isRare |= !observe(four.values[c], extremesOf(c));
        if (!isRare)
            return;
        CLIPSCOPE_UNROLL
        for (int c = 0; c < Four::kCount; ++c)
            observeRare(at->values[c], extremesOf(c));
    };
    Four one = load(from, 0);
    Four two = load(from + step, 1);
    for (int number = 0; number < count; number += 2) {
        const Four nextOne = load(from + 2 * step, number + 2);
        const Four nextTwo = load(from + 3 * step, number + 3);
        look(one, from);
        if (number + 1 < count)
            look(two, from + step);
        one = nextOne;
        two = nextTwo;
        from += 2 * step;
    }
}

/// A piece of a row.
template <typename Observe, typename Rare>
CLIPSCOPE_HD void visitRow(const float* x, const ObservedLayout& layout, int64_t unit, int lane,
                           Extremes& extremes, Observe&& observe, Rare&& observeRare) {
    const int64_t begin = unit % layout.pieces * layout.piece;
    const int64_t left = layout.length - begin;
    const int64_t count = left < layout.piece ? left : layout.piece;
    const float* from = x + unit / layout.pieces * layout.length + begin;
    const auto over = reinterpret_cast<uintptr_t>(from) / sizeof(float) % Four::kCount;
    const auto unaligned = static_cast<int64_t>((Four::kCount - over) % Four::kCount);
    const int64_t head = unaligned < count ? unaligned : count;
    const int64_t fours = (count - head) / Four::kCount;
    const int64_t tail = head + fours * Four::kCount;
    const auto ofLane = static_cast<int>((fours - lane + kWarp - 1) / kWarp);
    visitFours(
        reinterpret_cast<const Four*>(from + head) + lane, ofLane, kWarp,
        [&](int) -> Extremes& { return extremes; }, observe, observeRare);
    // The ends: the first lanes take one value of either.
    const int64_t ends = head + count - tail;
    if (lane < ends) {
        const float value = from[lane < head ? lane : tail + lane - head];
        if (!observe(value, extremes))
            observeRare(value, extremes);
    }
}

/// One column down `rows` rows, several at a time, then publish(column, extremes).
template <typename Observe, typename Rare, typename Publish>
CLIPSCOPE_HD void visitColumn(const float* from, int64_t rows, int64_t length, int64_t column,
                              Observe&& observe, Rare&& observeRare, Publish&& publish) {
    constexpr int kAtOnce = 8;
    Extremes extremes;
    for (int64_t row = 0; row < rows; row += kAtOnce) {
        float loaded[kAtOnce];
        CLIPSCOPE_UNROLL
        for (int k = 0; k < kAtOnce; ++k)
            loaded[k] = row + k < rows ? from[(row + k) * length] : 0.0f;
        bool isRare = false;
        CLIPSCOPE_UNROLL
        for (int k = 0; k < kAtOnce; ++k)
            if (row + k < rows)
                isRare |= !observe(loaded[k], extremes);
        for (int64_t k = row; isRare && k < row + kAtOnce && k < rows; ++k)
            observeRare(from[k * length], extremes);
    }
    publish(column, extremes);
}

/// The lane's columns, one or four neighbours, down the unit's rows of one sample.
template <typename Observe, typename Rare, typename Publish>
CLIPSCOPE_HD void visitColumns(const float* x, const ObservedLayout& layout, int64_t unit, int lane,
                               Observe&& observe, Rare&& observeRare, Publish&& publish) {
    const int64_t column = (unit % layout.pieces * kWarp + lane) * layout.columnsPerLane;
    if (column >= layout.length)
        return;
    const int64_t chunk = unit / layout.pieces % layout.chunks;
    const int64_t row = chunk * layout.rowsPerUnit;
    const int64_t left = layout.rowsPerSample - row;
    const int64_t rows = left < layout.rowsPerUnit ? left : layout.rowsPerUnit;
    const int64_t firstRow = layout.sampleOf(unit) * layout.rowsPerSample + row;
    const float* from = x + firstRow * layout.length + column;
    if (layout.columnsPerLane == 1 || !isAligned(x)) {
        for (int64_t c = 0; c < layout.columnsPerLane; ++c)
            visitColumn(from + c, rows, layout.length, column + c, observe, observeRare, publish);
        return;
    }
    Extremes extremes[Four::kCount];
    const int64_t step = layout.length / Four::kCount;
    visitFours(
        reinterpret_cast<const Four*>(from), static_cast<int>(rows), step,
        [&](int c) -> Extremes& { return extremes[c]; }, observe, observeRare);
    CLIPSCOPE_UNROLL
    for (int c = 0; c < Four::kCount; ++c)
        publish(column + c, extremes[c]);
}

}  // namespace clipscope::gpu
