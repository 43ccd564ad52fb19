// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/quantization/density.h"

namespace clipscope::quantization {

/// The total mean squared error of symmetric int8 as a function of T alone, for searches that ask
/// thousands of times: what evaluateFast gives as total(), without its parts. Each
/// sign is summed by itself, by parts, and each look-up goes straight to its piece.
class SymmetricError {
public:
    explicit SymmetricError(const Density& density);

    /// Squared units of x; T must be positive. s = float32(T / 127), or T / 127 where that is not
    /// a normal number.
    double at(double threshold) const;

private:
    /// The |x| of one sign.
    class Side {
    public:
        void add(double lo, double hi, double count);  ///< ascending
        void makeIndex();
        /// The sum of squared errors with codes 0..topCode.
        double error(double scale, int topCode) const;

    private:
        struct Piece {
            double lo;
            double hi;
            double rate;   ///< values per unit of x; 0 of a point mass
            double count;  ///< of the values in the pieces before
            double sum;    ///< of the same values
        };
        const Piece& pieceAt(double x) const;

        std::vector<Piece> m_pieces;    ///< after makeIndex() one more, which no x reaches
        std::vector<uint32_t> m_cells;  ///< the first piece that ends above a cell's lower edge
        uint64_t m_firstCell = 0;
        double m_count = 0;
        double m_sum = 0;
        double m_squares = 0;
    };

    Side m_positive;
    Side m_negative;
    double m_count = 0;
};

}  // namespace clipscope::quantization
