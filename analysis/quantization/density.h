// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/histogram/equal_bins.h"
#include "analysis/histogram/histogram.h"

namespace clipscope::quantization {

/// The distribution of a tensor as quantization sees it: pieces of uniform density, ascending in
/// value. What every error and every method that needs more than equal bins is computed from; made
/// from a Histogram or from given bins. Zeros are a point mass at 0; NaN and infinities are absent.
class Density {
public:
    struct Piece {
        double lo = 0;  ///< signed values
        double hi = 0;  ///< == lo for a point mass
        double count = 0;
    };
    /// Moments of the values below some point: how many, their sum and sum of squares.
    struct Moments {
        double count = 0;
        double sum = 0;
        double squares = 0;
    };

    Density() = default;

    /// Fine and coarse bins; the bin that holds max ends at max, the one that holds min at min.
    explicit Density(const histogram::Histogram& histogram);

    /// Counts of |x| taken as x >= 0, uniform inside their bins.
    explicit Density(const histogram::EqualBins& bins);

    /// Pieces in ascending order, not overlapping.
    explicit Density(std::vector<Piece> pieces);

    std::span<const Piece> pieces() const { return m_pieces; }
    bool isEmpty() const { return m_pieces.empty(); }
    double total() const { return m_total.count; }
    double sum() const { return m_total.sum; }
    double squares() const { return m_total.squares; }  ///< sum of x^2
    double min() const { return m_pieces.empty() ? 0.0 : m_pieces.front().lo; }
    double max() const { return m_pieces.empty() ? 0.0 : m_pieces.back().hi; }
    double amax() const { return m_pieces.empty() ? 0.0 : std::max(-min(), max()); }

    /// Moments of the values < x, the piece at x cut in proportion; O(log pieces). A point mass at
    /// x is not below it.
    Moments below(double x) const;

    /// The same of x - origin(), the mean: what sums of squared errors are computed from, so that
    /// they do not cancel where the values lie close together far from 0.
    Moments centredBelow(double x) const;
    Moments centredTotal() const { return m_prefix.empty() ? Moments{} : m_prefix.back(); }
    double origin() const { return m_origin; }

    /// The same distribution of |x|, all pieces >= 0.
    Density folded() const;

private:
    void accumulate();
    void makeIndex();
    size_t cellOf(double x) const;
    size_t piecesBelow(double x) const;

    std::vector<Piece> m_pieces;
    std::vector<double> m_starts;   ///< lo of each piece, close together for the search
    std::vector<Moments> m_prefix;  ///< m_prefix[i]: moments of pieces [0, i) about the origin
    Moments m_total;                ///< about 0
    double m_origin = 0;

    // Where to look for x among the pieces: cells of equal exponent and leading mantissa bits.
    std::vector<uint32_t> m_cells;  ///< m_cells[c]: pieces that begin in a cell before c
    size_t m_firstCell = 0;
    uint32_t m_smallest = 0;  ///< bits of the |x| below which all values share the middle cell
};

}  // namespace clipscope::quantization
