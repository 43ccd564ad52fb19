// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/affine_error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>

#include "analysis/quantization/error.h"

namespace clipscope::quantization {

namespace {

// A cell is as wide as a fine bin: the leading bits of a double with 11 of its mantissa.
constexpr int kCellShift = 52 - 11;
constexpr uint64_t kCells = 12u << 11;  ///< 12 octaves below amax; what is lower shares the first

uint64_t keyOf(double x) {
    return std::bit_cast<uint64_t>(x) >> kCellShift;
}
double edgeOf(uint64_t key) {
    return std::bit_cast<double>(key << kCellShift);
}

}  // namespace

void AffineError::Side::add(double lo, double hi, double count) {
    if (m_pieces.empty())
        m_pieces.push_back({.lo = hi});
    else if (m_pieces.back().lo > hi)
        begin(hi, 0);
    if (hi > lo) {
        begin(lo, count / (hi - lo));
    } else {
        begin(lo, 0);  // no x finds this one; those below go on from it
        m_pieces.back().count += count;
    }
    m_squares += count * (lo * lo + lo * hi + hi * hi) / 3;
}

/// The next piece below the last, with `rate` values per unit of x.
void AffineError::Side::begin(double lo, double rate) {
    const Piece& above = m_pieces.back();
    const double width = above.lo - lo;
    m_pieces.push_back({lo, rate / 2, above.count + width * rate,
                        above.excess + width * (above.count + width * rate / 2)});
}

void AffineError::Side::makeIndex() {
    if (m_pieces.empty())
        return;
    if (m_pieces.back().lo > 0)
        begin(0, 0);
    const uint64_t last = keyOf(m_pieces.front().lo);
    m_firstCell = last - std::min(last, kCells);
    m_cells.resize(last - m_firstCell + 1);
    uint32_t piece = 0;
    for (uint64_t key = last; key > m_firstCell; --key) {
        m_cells[key - m_firstCell] = piece;
        while (m_pieces[piece].lo >= edgeOf(key))
            ++piece;
    }
    m_cells[0] = piece;
}

/// E(x), below the largest |x|.
double AffineError::Side::excessOver(double x) const {
    const uint64_t key = keyOf(x);
    const Piece* piece = &m_pieces[m_cells[key > m_firstCell ? key - m_firstCell : 0]];
    while (piece->lo > x)
        ++piece;
    const double beyond = x - piece->lo;
    return piece->excess - beyond * (piece->count - beyond * piece->halfRate);
}

double AffineError::Side::error(double scale, int topCode) const {
    if (m_pieces.empty())
        return 0;
    const double largest = m_pieces.front().lo;
    double excess = 0;
    for (int k = 1; k <= topCode; ++k) {
        const double x = (k - 0.5) * scale;
        if (x >= largest)
            break;
        excess += excessOver(x);
    }
    return m_squares - 2 * scale * excess;
}

AffineError::AffineError(const Density& density)
    : m_few(density.pieces().size() <= kFew ? density : Density()),
      m_positive(density.pieces().size()),
      m_negative(density.pieces().size()),
      m_count(density.total()) {
    const std::span<const Density::Piece> pieces = density.pieces();
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
        if (piece->lo < 0 && piece->hi <= 0)
            break;
        const double above = piece->lo >= 0 ? 1 : piece->hi / (piece->hi - piece->lo);
        m_positive.add(std::max(0.0, piece->lo), piece->hi, piece->count * above);
    }
    for (const Density::Piece& piece : pieces) {
        if (piece.lo >= 0)
            break;
        const double below = piece.hi <= 0 ? 1 : piece.lo / (piece.lo - piece.hi);
        m_negative.add(std::max(0.0, -piece.hi), -piece.lo, piece.count * below);
    }
    m_negative.makeIndex();
    m_positive.makeIndex();
}

double AffineError::at(const Quantizer& quantizer) const {
    if (!m_few.isEmpty())
        return evaluate(m_few, quantizer).totalMse();
    return at(quantizer.step(), quantizer.zeroPoint - quantizer.codes.min,
              quantizer.codes.max - quantizer.zeroPoint);
}

double AffineError::at(double threshold, CodeRange codes) const {
    const double scale = threshold / codes.max;
    if (!std::isnormal(static_cast<float>(scale)))
        return at(scale, -codes.min, codes.max);
    return at(Quantizer{.scale = static_cast<float>(scale), .codes = codes});
}

double AffineError::at(double scale, int below, int above) const {
    const double sum = m_positive.error(scale, above) + m_negative.error(scale, below);
    return std::max(0.0, sum / m_count);
}

}  // namespace clipscope::quantization
