// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/symmetric_error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>

#include "analysis/quantization/quantizer.h"

namespace clipscope::quantization {

namespace {

constexpr CodeRange kCodes = kInt8;

// A cell is as wide as a fine bin: the leading bits of a double with 11 of its mantissa.
constexpr int kCellShift = 52 - 11;
constexpr uint64_t kCells = 12u << 11;  ///< 12 octaves below amax; what is lower shares the first

uint64_t keyOf(double x) {
    return std::bit_cast<uint64_t>(x) >> kCellShift;
}
double edgeOf(uint64_t key) {
    return std::bit_cast<double>(key << kCellShift);
}

double scaleOf(double threshold) {
    const auto scale = static_cast<float>(threshold / kCodes.max);
    return std::isnormal(scale) ? static_cast<double>(scale) : threshold / kCodes.max;
}

}  // namespace

void SymmetricError::Side::add(double lo, double hi, double count) {
    m_pieces.push_back({lo, hi, hi > lo ? count / (hi - lo) : 0, m_count, m_sum});
    m_count += count;
    m_sum += count * (lo + hi) / 2;
    m_squares += count * (lo * lo + lo * hi + hi * hi) / 3;
}

void SymmetricError::Side::makeIndex() {
    if (m_pieces.empty())
        return;
    const uint64_t last = keyOf(m_pieces.back().hi);
    constexpr double kNever = std::numeric_limits<double>::infinity();
    m_pieces.push_back({kNever, kNever, 0, m_count, m_sum});
    m_firstCell = last - std::min(last, kCells);
    m_cells.reserve(last - m_firstCell + 1);
    uint32_t piece = 0;
    m_cells.push_back(piece);
    for (uint64_t key = m_firstCell + 1; key <= last; ++key) {
        while (m_pieces[piece].hi <= edgeOf(key))
            ++piece;
        m_cells.push_back(piece);
    }
}

/// The first piece that ends above x.
const SymmetricError::Side::Piece& SymmetricError::Side::pieceAt(double x) const {
    const uint64_t key = keyOf(x);
    if (key <= m_firstCell)
        return *std::partition_point(m_pieces.begin(), m_pieces.end(),
                                     [x](const Piece& piece) { return piece.hi <= x; });
    const Piece* piece =
        &m_pieces[m_cells[std::min<size_t>(key - m_firstCell, m_cells.size() - 1)]];
    while (piece->hi <= x)
        ++piece;
    return *piece;
}

/// With c = k s for |x| in [(k - 0.5) s, (k + 0.5) s) the error is the sum over k of
/// m2 - 2 c m1 + c^2 m0; summed by parts only m0 and m1 below each boundary are needed.
double SymmetricError::Side::error(double scale, int topCode) const {
    if (m_pieces.empty())
        return 0;
    double sums = 0;
    double counts = 0;
    for (int k = 1; k <= topCode; ++k) {
        const double x = (k - 0.5) * scale;
        const Piece& piece = pieceAt(x);
        const double part = x > piece.lo ? piece.rate * (x - piece.lo) : 0;
        counts += (2 * k - 1) * (piece.count + part);
        sums += piece.sum + (part > 0 ? part * (x + piece.lo) / 2 : 0);
    }
    const double top = topCode;
    return m_squares - 2 * scale * (top * m_sum - sums) +
           scale * scale * (top * top * m_count - counts);
}

SymmetricError::SymmetricError(const Density& density) : m_count(density.total()) {
    const std::span<const Density::Piece> pieces = density.pieces();
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
        if (piece->lo >= 0)
            continue;
        const double below = piece->hi <= 0 ? 1 : piece->lo / (piece->lo - piece->hi);
        m_negative.add(std::max(0.0, -piece->hi), -piece->lo, piece->count * below);
    }
    for (const Density::Piece& piece : pieces) {
        if (piece.lo < 0 && piece.hi <= 0)
            continue;
        const double above = piece.lo >= 0 ? 1 : piece.hi / (piece.hi - piece.lo);
        m_positive.add(std::max(0.0, piece.lo), piece.hi, piece.count * above);
    }
    m_negative.makeIndex();
    m_positive.makeIndex();
}

double SymmetricError::at(double threshold) const {
    const double scale = scaleOf(threshold);
    const double sum = m_positive.error(scale, kCodes.max) + m_negative.error(scale, -kCodes.min);
    return std::max(0.0, sum / m_count);
}

}  // namespace clipscope::quantization
