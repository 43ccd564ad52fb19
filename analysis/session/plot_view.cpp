// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/plot_view.h"

#include <algorithm>
#include <cmath>

#include "analysis/session/range_edit.h"

namespace clipscope::session {
namespace {

constexpr double kRoom = 0.04;     ///< beyond the values, of the width
constexpr double kAround = 1.65;   ///< of the far end of a range
constexpr double kLeast = 0.12;    ///< of the other side, so that marks at 0 have room
constexpr double kDeepest = 1e-5;  ///< of amax

/// How far the view reaches on one side: around the range, but not far beyond the values.
double reach(double range, double values) {
    return std::max(std::min(kAround * range, (1 + kRoom) * values), (1 + kRoom) * range);
}

}  // namespace

PlotView fullView(const quantization::Density& density, bool folded) {
    if (!(density.amax() > 0))
        return {folded ? 0.0 : -1.0, 1};
    if (folded)
        return {0, (1 + kRoom) * density.amax()};
    const double lo = std::min(density.min(), 0.0);
    const double hi = std::max(density.max(), 0.0);
    const double room = kRoom * (hi - lo);
    return {lo - room, hi + room};
}

PlotView focusedView(const quantization::Density& density, const Setting& shown,
                     const Setting& original, bool folded) {
    if (!(density.amax() > 0))
        return fullView(density, folded);
    // Beside an affine range, the mirrored end of a symmetric original counts as far as values go.
    const bool isMirror = shown.isAffine && !original.isAffine;
    const double originalLow = -rangeEnd(original, RangeEnd::Low);
    const double low =
        std::max(-rangeEnd(shown, RangeEnd::Low),
                 isMirror ? std::min(originalLow, std::max(-density.min(), 0.0)) : originalLow);
    const double high =
        std::max(rangeEnd(shown, RangeEnd::High), rangeEnd(original, RangeEnd::High));
    if (folded)
        return {0, reach(std::max(low, high), density.amax())};
    const double lowest = std::max(-density.min(), 0.0);
    const double largest = std::max(density.max(), 0.0);
    double left = lowest > 0 ? reach(low, lowest) : 0;
    double right = largest > 0 ? reach(high, largest) : 0;
    // A symmetric range over values of (nearly) one sign: its mirrored end decides nothing.
    if (!shown.isAffine && lowest < kLeast * largest)
        left = (1 + kRoom) * lowest;
    if (!shown.isAffine && largest < kLeast * lowest)
        right = (1 + kRoom) * largest;
    return {-std::max(left, kLeast * right), std::max(right, kLeast * left)};
}

PlotView zoomed(const PlotView& view, double factor, double at,
                const quantization::Density& density) {
    const double amax = density.amax() > 0 ? density.amax() : 1;
    const double width = std::clamp(view.width() * factor, kDeepest * amax, 4 * amax);
    const double part = std::clamp((at - view.lo) / view.width(), 0.0, 1.0);
    return {at - part * width, at + (1 - part) * width};
}

}  // namespace clipscope::session
