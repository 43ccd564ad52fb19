// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "analysis/tensor/shape.h"

namespace clipscope::runtime {

/// Walks N strided operands together over the index space `extents`, row-major, in runs along the
/// innermost axis. Axes of extent 1 are dropped and axes that are contiguous in every operand are
/// joined, so that runs are as long as the operands allow.
template <size_t N>
class StridedLoop {
public:
    using Offsets = std::array<int64_t, N>;

    /// strides[n][axis] in elements; 0 broadcasts.
    StridedLoop(const Shape& extents, const std::array<std::vector<int64_t>, N>& strides)
        : m_count(extents.elementCount()) {
        for (size_t axis = 0; axis < extents.rank(); ++axis) {
            if (extents[axis] == 1)
                continue;
            Offsets steps;
            for (size_t n = 0; n < N; ++n)
                steps[n] = strides[n][axis];
            append(extents[axis], steps);
        }
        if (m_axes.empty())
            m_axes.push_back({1, Offsets{}});
    }

    int64_t count() const { return m_count; }
    /// The length of whole runs and each operand's step within them.
    int64_t runLength() const { return m_axes.back().extent; }
    const Offsets& runSteps() const { return m_axes.back().steps; }

    /// body(length, offsets) for the runs that cover the flat positions [begin, end).
    template <typename Body>
    void run(int64_t begin, int64_t end, Body&& body) const {
        if (begin >= end)
            return;
        std::vector<int64_t> index(m_axes.size());
        Offsets offsets{};
        int64_t rest = begin;
        for (size_t axis = m_axes.size(); axis-- > 0;) {
            index[axis] = rest % m_axes[axis].extent;
            rest /= m_axes[axis].extent;
            for (size_t n = 0; n < N; ++n)
                offsets[n] += index[axis] * m_axes[axis].steps[n];
        }
        const int64_t first = std::min(end - begin, runLength() - index.back());
        body(first, offsets);
        for (size_t n = 0; n < N; ++n)  // the outer axes then step from the start of a run
            offsets[n] -= index.back() * runSteps()[n];
        for (int64_t position = begin + first; position < end; position += runLength()) {
            advance(index, offsets);
            body(std::min(runLength(), end - position), offsets);
        }
    }

private:
    struct Axis {
        int64_t extent = 1;
        Offsets steps{};
    };

    void append(int64_t extent, const Offsets& steps) {
        if (!m_axes.empty()) {
            bool joins = true;
            for (size_t n = 0; n < N; ++n)
                joins = joins && m_axes.back().steps[n] == steps[n] * extent;
            if (joins) {
                m_axes.back() = {m_axes.back().extent * extent, steps};
                return;
            }
        }
        m_axes.push_back({extent, steps});
    }

    /// Moves to the next run.
    void advance(std::vector<int64_t>& index, Offsets& offsets) const {
        for (size_t axis = m_axes.size() - 1; axis-- > 0;) {
            const Axis& a = m_axes[axis];
            for (size_t n = 0; n < N; ++n)
                offsets[n] += a.steps[n];
            if (++index[axis] < a.extent)
                return;
            index[axis] = 0;
            for (size_t n = 0; n < N; ++n)
                offsets[n] -= a.extent * a.steps[n];
        }
    }

    int64_t m_count = 0;
    std::vector<Axis> m_axes;
};

}  // namespace clipscope::runtime
