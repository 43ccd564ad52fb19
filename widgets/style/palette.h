// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <string>

namespace clipscope::widgets {

/// Every colour of the window, named after its one meaning. A second sign (dash, shape, label)
/// always repeats what a hue says.
struct Palette {
    bool isDark = false;
    QColor threshold;  ///< T, lo, hi; edited
    QColor original;   ///< what the method chose
    QColor clipping;
    QColor rounding;
    QColor total;       ///< error; mse
    QColor divergence;  ///< KL; the entropy methods
    QColor percentile;
    QColor minmax;  ///< amax
    QColor legacy;
    QColor fill;  ///< of a histogram
    QColor outline;
    QColor good;
    QColor warning;
    QColor error;
    QColor window;
    QColor base;
    QColor alternate;
    QColor line;
    QColor softLine;
    QColor grid;
    QColor text;
    QColor muted;
    QColor faint;  ///< hints only
    QColor selection;
    QColor accent;  ///< focus
    QColor note;    ///< box of a sentence
    QColor noteLine;

    /// Of the method with that id.
    QColor ofMethod(const std::string& method) const;
    /// Over a clipped zone: 10 %, dark 14 %.
    QColor zone() const;
    /// Behind a warning, such as a changed line.
    QColor warningTint() const;
};

const Palette& lightPalette();
const Palette& darkPalette();

}  // namespace clipscope::widgets
