// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_source.h"

#include "analysis/session/plot_bins.h"

namespace clipscope::widgets {

std::shared_ptr<const PlotSource> makePlotSource(
    std::shared_ptr<const histogram::TensorStatistics> statistics) {
    auto source = std::make_shared<PlotSource>();
    source->statistics = std::move(statistics);
    source->density = quantization::Density(source->statistics->histogram);
    source->folded = source->density.folded();
    source->binWidth = session::nominalWidth(source->density);
    return source;
}

}  // namespace clipscope::widgets
