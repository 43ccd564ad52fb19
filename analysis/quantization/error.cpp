// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace clipscope::quantization {
namespace {

/// The mean of d^2 where d runs evenly from a to b.
double meanSquareBetween(double a, double b) {
    return (a * a + a * b + b * b) / 3;
}

/// The mean of (u - rint(u))^2 where u runs evenly from a to b.
double meanRoundingError(double a, double b) {
    const double first = std::rint(a);
    const double last = std::rint(b);
    const double before = a - first;
    const double after = b - last;
    if (first == last)  // without the cancellation of a short difference of F
        return meanSquareBetween(before, after);
    return ((last - first) / 12 + (after * after * after - before * before * before) / 3) / (b - a);
}

/// Sums of one quantizer's errors over pieces.
class Integral {
public:
    explicit Integral(const Quantizer& quantizer)
        : m_quantizer(quantizer),
          m_lowest(quantizer.lowest()),
          m_highest(quantizer.highest()),
          m_toleratedLow(m_lowest - std::abs(m_lowest) * 0x1p-22),
          m_toleratedHigh(m_highest + std::abs(m_highest) * 0x1p-22),
          m_step(quantizer.step()) {}

    void add(const Density::Piece& piece) {
        if (piece.lo == piece.hi)
            addPoint(piece);
        else
            addSpread(piece);
    }
    QuantizationError result(const Density& density) const;

private:
    void addPoint(const Density::Piece& piece);
    void addSpread(const Density::Piece& piece);

    const Quantizer& m_quantizer;
    double m_lowest;
    double m_highest;
    double m_toleratedLow;
    double m_toleratedHigh;
    double m_step;
    double m_clip = 0;
    double m_round = 0;  ///< squared steps
    double m_clippedLow = 0;
    double m_clippedHigh = 0;
};

void Integral::addPoint(const Density::Piece& piece) {
    const double inside = std::clamp(piece.lo, m_lowest, m_highest);
    const double clipping = piece.lo - inside;
    m_clip += piece.count * clipping * clipping;
    m_clippedLow += piece.lo < m_toleratedLow ? piece.count : 0;
    m_clippedHigh += piece.lo > m_toleratedHigh ? piece.count : 0;
    if (clipping != 0)
        return;
    const int code = m_quantizer.code(static_cast<float>(piece.lo));
    const double rounding = (inside - m_quantizer.dequantize(code)) / m_step;
    m_round += piece.count * rounding * rounding;
}

void Integral::addSpread(const Density::Piece& piece) {
    const auto [lo, hi, count] = piece;
    const double perUnit = count / (hi - lo);
    if (lo < m_lowest) {
        const double end = std::min(hi, m_lowest);
        m_clip += perUnit * (end - lo) * meanSquareBetween(lo - m_lowest, end - m_lowest);
        m_clippedLow += perUnit * std::max(0.0, std::min(hi, m_toleratedLow) - lo);
    }
    if (hi > m_highest) {
        const double begin = std::max(lo, m_highest);
        m_clip += perUnit * (hi - begin) * meanSquareBetween(begin - m_highest, hi - m_highest);
        m_clippedHigh += perUnit * std::max(0.0, hi - std::max(lo, m_toleratedHigh));
    }
    const double begin = std::max(lo, m_lowest);
    const double end = std::min(hi, m_highest);
    if (begin >= end)
        return;
    // In steps from the lowest code, so that a shift or zero point makes no difference.
    const double share = begin == lo && end == hi ? count : perUnit * (end - begin);
    m_round += share * meanRoundingError((begin - m_lowest) / m_step, (end - m_lowest) / m_step);
}

QuantizationError Integral::result(const Density& density) const {
    QuantizationError error;
    if (density.isEmpty() || density.total() <= 0)
        return error;
    const double total = density.total();
    error.clipMse = m_clip / total;
    error.roundMse = m_round / total * m_step * m_step;
    error.clippedLow = m_clippedLow;
    error.clippedHigh = m_clippedHigh;
    error.clipPercent = 100 * (m_clippedLow + m_clippedHigh) / total;
    error.meanSquare = density.squares() / total;
    error.codesUsed = m_quantizer.code(static_cast<float>(density.max())) -
                      m_quantizer.code(static_cast<float>(density.min())) + 1;
    error.bitsLost = std::log2(static_cast<double>(m_quantizer.codes.count()) / error.codesUsed);
    return error;
}

}  // namespace

double QuantizationError::sqnrDb() const {
    if (!(meanSquare > 0))
        return std::numeric_limits<double>::quiet_NaN();
    return 10 * std::log10(meanSquare / totalMse());
}

QuantizationError evaluate(const Density& density, const Quantizer& quantizer) {
    Integral integral(quantizer);
    for (const Density::Piece& piece : density.pieces())
        integral.add(piece);
    return integral.result(density);
}

}  // namespace clipscope::quantization
