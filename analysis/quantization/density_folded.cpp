// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "analysis/quantization/density.h"

namespace clipscope::quantization {
namespace {

using Pieces = std::vector<Density::Piece>;

/// The |x| of a distribution, apart: those of either sign ascending, and the point masses.
struct Sides {
    Pieces positive;
    Pieces negative;
    Pieces points;

    explicit Sides(std::span<const Density::Piece> pieces);
    std::vector<double> edges() const;
};

Sides::Sides(std::span<const Density::Piece> pieces) {
    for (const Density::Piece& piece : pieces) {
        const auto [lo, hi, count] = piece;
        if (lo == hi) {
            points.push_back({std::abs(lo), std::abs(lo), count});
            continue;
        }
        const double below = hi <= 0 ? 1 : std::max(0.0, -lo / (hi - lo));
        if (lo < 0)
            negative.push_back({std::max(0.0, -hi), -lo, count * below});
        if (hi > 0)
            positive.push_back({std::max(0.0, lo), hi, count * (1 - below)});
    }
    std::reverse(negative.begin(), negative.end());
    std::sort(points.begin(), points.end(),
              [](const Density::Piece& a, const Density::Piece& b) { return a.lo < b.lo; });
}

std::vector<double> Sides::edges() const {
    std::vector<double> result;
    for (const Pieces* pieces : {&positive, &negative, &points}) {
        const auto middle = static_cast<std::ptrdiff_t>(result.size());
        for (const Density::Piece& piece : *pieces)
            result.insert(result.end(), {piece.lo, piece.hi});
        std::inplace_merge(result.begin(), result.begin() + middle, result.end());
    }
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

/// What the pieces hold in [lo, hi], which no edge divides; moves `next` on to the piece there.
double countIn(const Pieces& pieces, size_t& next, double lo, double hi) {
    while (next < pieces.size() && pieces[next].hi <= lo)
        ++next;
    if (next == pieces.size() || pieces[next].lo > lo)
        return 0;
    return pieces[next].count * ((hi - lo) / (pieces[next].hi - pieces[next].lo));
}

}  // namespace

Density Density::folded() const {
    const Sides sides(m_pieces);
    const std::vector<double> edges = sides.edges();
    Pieces result;
    size_t point = 0;
    size_t positive = 0;
    size_t negative = 0;
    for (size_t i = 0; i < edges.size(); ++i) {
        double mass = 0;
        for (; point < sides.points.size() && sides.points[point].lo == edges[i]; ++point)
            mass += sides.points[point].count;
        if (mass > 0)
            result.push_back({edges[i], edges[i], mass});
        if (i + 1 == edges.size())
            break;
        const double count = countIn(sides.positive, positive, edges[i], edges[i + 1]) +
                             countIn(sides.negative, negative, edges[i], edges[i + 1]);
        if (count > 0)
            result.push_back({edges[i], edges[i + 1], count});
    }
    return Density(std::move(result));
}

}  // namespace clipscope::quantization
