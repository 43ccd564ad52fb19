// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/tensor_figures.h"

#include <cmath>
#include <map>

#include <fmt/format.h>

#include "analysis/quantization/error.h"
#include "analysis/session/plot_bins.h"
#include "analysis/session/plot_view.h"

namespace clipscope::session {
namespace {

std::optional<double> known(double value) {
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

}  // namespace

TensorFigures tensorFigures(const quantization::Density& density, const Setting& setting) {
    if (density.isEmpty() || !setting.isSet())
        return {};
    const auto error = quantization::evaluate(density, setting.quantizer());
    return {known(error.sqnrDb()), error.clipPercent, error.bitsLost};
}

Sparkline sparkline(const quantization::Density& density, size_t columns) {
    const PlotView view = fullView(density, false);
    const PlotBins bins = plotBins(density, view.lo, view.hi, columns);
    Sparkline line{.lo = view.lo, .hi = view.hi, .first = 0, .step = 0, .heights = {}};
    if (bins.most == 0)
        return line;
    line.first = static_cast<float>(line.position(bins.edge(0)));
    line.step = static_cast<float>(bins.width / view.width());
    const double most = std::log1p(static_cast<double>(bins.most));
    for (const uint64_t count : bins.counts)
        line.heights.push_back(static_cast<float>(std::log1p(static_cast<double>(count)) / most));
    return line;
}

bool isStillGrowing(const Session& session, const TensorEntry& tensor) {
    const auto sample = tensor.statistics.amaxSample();
    return sample && session.samples.size() > 1 &&
           sample->sample == static_cast<int64_t>(session.samples.size()) - 1;
}

std::string_view coverageWord(const TensorEntry& tensor, const Setting& setting) {
    return graph::coverageWord(
        tensor.coverage, setting.keepFloat ? graph::TensorRtUse::StaysFloat : tensor.tensorRt);
}

std::string scaleSummary(const Session& session) {
    std::vector<graph::ValueCoverage> rows;
    for (const TensorEntry& tensor : session.tensors) {
        if (tensor.fileState == RangeFileState::Extra)
            continue;
        graph::ValueCoverage row;
        row.kind = tensor.coverage;
        row.tensorRt = tensor.current.keepFloat ? graph::TensorRtUse::StaysFloat : tensor.tensorRt;
        rows.push_back(row);
    }
    return graph::summarize(rows);
}

}  // namespace clipscope::session
