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

constexpr std::string_view kScale = "scale";
constexpr std::string_view kFused = "fused";

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
    if (!tensor.isActivation())
        return graph::name(tensor.coverage);
    if (setting.keepFloat || tensor.tensorRt == graph::TensorRtUse::StaysFloat)
        return "float";
    return tensor.tensorRt == graph::TensorRtUse::FusedAway ? kFused : kScale;
}

std::string scaleSummary(const Session& session) {
    // Told in the order of their first number: what TensorRT does, then the classes.
    std::map<std::pair<int, std::string_view>, size_t> counts;
    size_t all = 0;
    for (const TensorEntry& tensor : session.tensors) {
        if (tensor.fileState == RangeFileState::Extra)
            continue;
        ++all;
        const std::string_view word = coverageWord(tensor, tensor.current);
        ++counts[{word == kFused ? -1 : static_cast<int>(tensor.coverage), word}];
    }
    const std::pair scale(0, kScale);
    std::string text = fmt::format("{} of {} tensors get a scale", counts[scale], all);
    counts.erase(scale);
    const char* separator = ": ";
    for (const auto& [key, count] : counts) {
        text += fmt::format("{}{} {}", separator, count, key.second);
        separator = ", ";
    }
    return text;
}

}  // namespace clipscope::session
