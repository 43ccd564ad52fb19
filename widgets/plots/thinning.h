// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <qcustomplot.h>

namespace clipscope::widgets {

/// How a curve's coordinates become pixels.
struct CurveScale {
    QCPRange keys;
    QCPRange values;
    double width = 1;  ///< pixels
    double height = 1;
    bool isLogarithmic = false;  ///< the values

    double x(double key) const { return (key - keys.lower) / keys.size() * width; }
    double y(double value) const;
};

/// How far a thinned curve may be from what it was made of, in pixels.
inline constexpr double kThinningError = 0.12;

/// The points of a curve in view, and one beside it at either end, without those that nobody would
/// see: within kThinningError of the line through those that stay, or, where there are many in one
/// column of pixels, between its least and its most. Thick lines cost time by the point. Values
/// that are not finite stay, as gaps; so does one at 0 between negative and positive keys, because
/// the two sides of an affine plot are two curves.
QVector<QCPGraphData> thinned(const std::vector<double>& keys, const std::vector<double>& values,
                              const CurveScale& scale);

}  // namespace clipscope::widgets
