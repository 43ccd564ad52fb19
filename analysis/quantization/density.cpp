// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/density.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "analysis/histogram/segments.h"

namespace clipscope::quantization {
namespace {

constexpr int kCellShift = 13;                   ///< 1,024 cells an octave, two fine bins each
constexpr uint32_t kCellOctaves = 16u << 23;     ///< below amax * 2^-16 one cell is enough
constexpr size_t kMiddleCell = size_t{1} << 15;  ///< of 0; cells of negative values lie before it

std::vector<Density::Piece> piecesOf(const histogram::Histogram& histogram) {
    const std::vector<histogram::Segment> segments = histogram::segmentsOf(histogram);
    std::vector<Density::Piece> pieces;
    pieces.reserve(segments.size());
    for (const histogram::Segment& segment : segments)
        pieces.push_back({segment.lo, segment.hi, static_cast<double>(segment.count)});
    return pieces;
}

std::vector<Density::Piece> piecesOf(const histogram::EqualBins& bins) {
    std::vector<Density::Piece> pieces;
    for (size_t i = 0; i < bins.counts.size(); ++i)
        if (bins.counts[i] > 0)
            pieces.push_back({static_cast<double>(bins.edge(i)),
                              static_cast<double>(bins.edge(i + 1)),
                              static_cast<double>(bins.counts[i])});
    return pieces;
}

/// Moments about `origin` of `count` values spread evenly over [lo, hi].
Density::Moments momentsOf(double lo, double hi, double count, double origin) {
    const double a = lo - origin;
    const double b = hi - origin;
    return {count, count * (a + b) / 2, count * (a * a + a * b + b * b) / 3};
}

Density::Moments operator+(const Density::Moments& a, const Density::Moments& b) {
    return {a.count + b.count, a.sum + b.sum, a.squares + b.squares};
}

}  // namespace

Density::Density(const histogram::Histogram& histogram) : Density(piecesOf(histogram)) {}

Density::Density(const histogram::EqualBins& bins) : Density(piecesOf(bins)) {}

Density::Density(std::vector<Piece> pieces) : m_pieces(std::move(pieces)) {
    accumulate();
    makeIndex();
}

void Density::accumulate() {
    for (const Piece& piece : m_pieces)
        m_total = m_total + momentsOf(piece.lo, piece.hi, piece.count, 0);
    m_origin = m_total.count > 0 ? m_total.sum / m_total.count : 0;
    m_prefix.reserve(m_pieces.size() + 1);
    m_prefix.push_back({});
    for (const Piece& piece : m_pieces)
        m_prefix.push_back(m_prefix.back() + momentsOf(piece.lo, piece.hi, piece.count, m_origin));
}

void Density::makeIndex() {
    if (m_pieces.empty())
        return;
    const uint32_t largest = std::bit_cast<uint32_t>(static_cast<float>(amax()));
    m_smallest = largest > kCellOctaves ? largest - kCellOctaves : 0;
    m_firstCell = cellOf(min());
    m_cells.assign(cellOf(max()) - m_firstCell + 2, 0);
    m_starts.reserve(m_pieces.size());
    for (const Piece& piece : m_pieces) {
        m_starts.push_back(piece.lo);
        ++m_cells[cellOf(piece.lo) - m_firstCell + 1];
    }
    for (size_t i = 1; i < m_cells.size(); ++i)
        m_cells[i] += m_cells[i - 1];
}

Density::Moments Density::centredBelow(double x) const {
    const size_t begun = piecesBelow(x);
    if (begun == 0)
        return {};
    const Piece& last = m_pieces[begun - 1];
    if (last.hi <= x)
        return m_prefix[begun];
    const double part = last.count * ((x - last.lo) / (last.hi - last.lo));
    return m_prefix[begun - 1] + momentsOf(last.lo, x, part, m_origin);
}

Density::Moments Density::below(double x) const {
    const Moments centred = centredBelow(x);
    return {centred.count, centred.sum + m_origin * centred.count,
            centred.squares + m_origin * (2 * centred.sum + m_origin * centred.count)};
}

size_t Density::cellOf(double x) const {
    const uint32_t bits = std::bit_cast<uint32_t>(static_cast<float>(x));
    const uint32_t magnitude = bits & 0x7fffffffu;
    const uint32_t cell = magnitude > m_smallest ? (magnitude - m_smallest) >> kCellShift : 0;
    return (bits >> 31) != 0 ? kMiddleCell - cell : kMiddleCell + cell;
}

/// How many pieces begin below x. All that begin in an earlier cell do, none of a later cell does.
size_t Density::piecesBelow(double x) const {
    if (m_pieces.empty() || !(x > m_pieces.front().lo))
        return 0;
    if (x > m_pieces.back().lo)
        return m_pieces.size();
    const size_t cell = cellOf(x) - m_firstCell;
    // Branchless: which way a step goes is a matter of chance.
    const double* first = m_starts.data() + m_cells[cell];
    size_t count = m_cells[cell + 1] - m_cells[cell];
    while (count > 0) {
        const size_t half = (count + 1) / 2;
        first += first[half - 1] < x ? half : 0;
        count -= half;
    }
    return static_cast<size_t>(first - m_starts.data());
}

}  // namespace clipscope::quantization
