// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/quantization/density.h"
#include "analysis/quantization/quantizer.h"

namespace clipscope::quantization {

/// The total mean squared error of quantizers that have a code for 0, for searches that ask
/// thousands of times: what evaluateFast gives as total(), without its parts. No value rounds
/// across 0, so each sign is summed by itself: code k, not k - 1, changes the squared error of an x
/// by -2 s (x - b) where x lies beyond the boundary b = (k - 0.5) s between them, so that with
/// E(b) = sum over x > b of x - b the error is sum x^2 - 2 s sum E(b). Each look-up goes straight
/// to its piece. Those sums cancel: about 1e-14 of the mean square is noise. A few pieces, such as
/// of a scalar, are integrated as evaluate() does.
class AffineError {
public:
    explicit AffineError(const Density& density);

    /// Squared units of x. The quantizer is not free affine: its shift is 0.
    double at(const Quantizer& quantizer) const;

    /// The same of the symmetric quantizer at T > 0. s = float32(T / largest code), or that ratio
    /// itself where it is not a normal number, so that searches need not care.
    double at(double threshold, CodeRange codes = kInt8) const;

private:
    /// The |x| of one sign.
    class Side {
    public:
        explicit Side(size_t pieces) { m_pieces.reserve(2 * pieces + 1); }
        void add(double lo, double hi, double count);  ///< descending
        void makeIndex();
        /// The sum of squared errors with codes 0..topCode.
        double error(double scale, int topCode) const;

    private:
        /// From `lo` up to where the one before it in descending order begins.
        struct Piece {
            double lo = 0;
            double halfRate = 0;  ///< half the values per unit of x
            double count = 0;     ///< of the values above lo
            double excess = 0;    ///< the sum of x - lo over the same values
        };
        void begin(double lo, double rate);
        double excessOver(double x) const;

        std::vector<Piece> m_pieces;    ///< descending, the first begins at the largest |x|
        std::vector<uint32_t> m_cells;  ///< the first piece that begins below a cell's upper edge
        uint64_t m_firstCell = 0;
        double m_squares = 0;
    };

    /// With `below` codes of negative values and `above` of positive ones.
    double at(double scale, int below, int above) const;

    static constexpr size_t kFew = 128;  ///< pieces that cost no more than look-ups for all codes

    Density m_few;  ///< of as many pieces at most, otherwise empty
    Side m_positive;
    Side m_negative;
    double m_count = 0;
};

}  // namespace clipscope::quantization
