// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <vector>

#include "analysis/session/session.h"
#include "widgets/tensors/figure_loader.h"

namespace clipscope::widgets {

/// An icon beside a tensor, and what it says.
struct TensorMark {
    QString icon;  ///< of widgets/style/icons.h
    QColor color;
    QString word;  ///< for copies and screen readers
    QString text;  ///< sentence of the tooltip
};

/// Below this, rounding and clipping put in over 1 % of the signal's power.
inline constexpr double kLowSqnrDb = 20;

/// Names of the other tensors with which this one shares its scale; `isSplit`: with which it did
/// until an edit.
QStringList sharersOf(const session::Session& session, int tensor, bool isSplit);

std::vector<TensorMark> marksOf(const session::Session& session, int tensor,
                                const session::Setting& shown, const FigureLoader::Entry& entry);

}  // namespace clipscope::widgets
