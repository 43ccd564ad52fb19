// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/tensor_summary.h"

#include <algorithm>
#include <cmath>

namespace clipscope::session {
namespace {

using quantization::Density;
using threshold::Method;
using threshold::Parameters;

Parameters withDefaults(const Method& method, const Parameters& given) {
    Parameters all = given;
    for (const threshold::ParameterInfo& info : method.parameters)
        all.try_emplace(std::string(info.name), info.defaultValue);
    return all;
}

MethodChoice choiceOf(const Method& method, const Parameters& parameters, Setting setting,
                      const threshold::Result& result, const Density& density) {
    MethodChoice choice{std::string(method.id),
                        std::string(method.id),
                        withDefaults(method, parameters),
                        std::move(setting),
                        {}};
    if (method.id == "percentile")
        choice.label += " " + choice.parameters.at("p");
    choice.setting.reason = result.reason;
    choice.setting.unstable = result.unstable;
    choice.error = quantization::evaluate(density, choice.setting.quantizer());
    return choice;
}

/// For methods that give a range of their own.
void addAffine(TensorSummary& summary, const Method& method, const Parameters& parameters,
               const threshold::Result& result) {
    const bool isSymmetric = result.lo == -result.threshold && result.hi == result.threshold;
    if (isSymmetric || !(std::min(result.lo, 0.0) < std::max(result.hi, 0.0)))
        return;
    const Setting setting =
        affineSetting(std::min(result.lo, 0.0), std::max(result.hi, 0.0), std::string(method.id));
    summary.affine.push_back(choiceOf(method, parameters, setting, result, summary.density));
}

void addMoments(TensorSummary& summary) {
    const Density& density = summary.density;
    const double total = density.total();
    if (!(total > 0))
        return;
    summary.mean = density.sum() / total;
    // About the mean: sums of squares about 0 cancel where all values lie far from it.
    const Density::Moments centred = density.centredTotal();
    const double offset = centred.sum / total;
    summary.standardDeviation = std::sqrt(std::max(0.0, centred.squares / total - offset * offset));
}

}  // namespace

TensorSummary summarize(const TensorEntry& tensor, const std::string& sessionMethod,
                        const Parameters& sessionParameters, const CancellationToken& cancel) {
    TensorSummary summary;
    const threshold::Distribution distribution(tensor.statistics);
    summary.density = distribution.density();
    addMoments(summary);
    summary.original = quantization::evaluate(summary.density, tensor.original.quantizer());
    if (!summary.hasRange())
        return summary;
    cancel.check();
    summary.ranges = quantization::compareRanges(summary.density);
    for (const Method& method : threshold::methods()) {
        cancel.check();
        const Parameters parameters = method.id == sessionMethod ? sessionParameters : Parameters{};
        const threshold::Result result = threshold::compute(method, distribution, parameters);
        summary.symmetric.push_back(
            choiceOf(method, parameters, symmetricSetting(result.threshold, std::string(method.id)),
                     result, summary.density));
        addAffine(summary, method, parameters, result);
    }
    return summary;
}

double binWidthAt(const histogram::Histogram& histogram, double x) {
    if (histogram.topOctave() < 0)
        return 0;
    // An octave is 2^(field - 127); field 0 holds the denormals, as wide as the first octave.
    const int field = std::clamp(std::ilogb(std::max(std::abs(x), 1e-45)) + 127, 1,
                                 std::max(1, histogram.topOctave()));
    const bool isFine = field > histogram.topOctave() - histogram::kFineOctaves;
    return std::ldexp(1.0, field - 127 - (isFine ? histogram::kFineBits : histogram::kCoarseBits));
}

bool isStillGrowing(const histogram::TensorStatistics& statistics) {
    const auto amax = statistics.amaxSample();
    return amax && statistics.sampleAmax.size() > 1 &&
           amax->sample == statistics.sampleAmax.back().sample;
}

std::vector<size_t> splitFrom(const Session& session, size_t tensor) {
    const TensorEntry& entry = session.tensors[tensor];
    std::vector<size_t> others;
    if (entry.group < 0)
        return others;
    for (const size_t member : session.groups[static_cast<size_t>(entry.group)].members) {
        const Setting& setting = session.tensors[member].current;
        if (setting.scale != entry.current.scale || setting.zeroPoint != entry.current.zeroPoint)
            others.push_back(member);
    }
    return others;
}

}  // namespace clipscope::session
