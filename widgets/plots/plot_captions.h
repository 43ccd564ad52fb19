// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plots/caption_row.h"
#include "widgets/plots/plot_scene.h"

namespace clipscope::widgets {

/// What stands above a plot: its series with their values at T, and what to compare them with.
struct Caption {
    struct Series {
        QString text;
        enum Kind { Divergence, Clipping, Rounding, Total } kind = Divergence;
    };
    std::vector<Series> series;
    QString right;
};
Caption divergenceCaption(const PlotScene& scene);
Caption errorCaption(const PlotScene& scene);

/// The sentence under the threshold axis.
QString keyLabel(const PlotScene& scene);

/// "T 12.82 → 15.62", "hi 28.84 → 13.60".
QString changeText(const session::Setting& before, const session::Setting& after);
/// "T 15.62", "lo −1.139, hi 13.60".
QString settingText(const session::Setting& setting);

/// What the two captions' names mean: tooltips and "What's this".
QString divergenceHelp();
QString errorHelp();

}  // namespace clipscope::widgets
