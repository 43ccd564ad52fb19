// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/calibration_comparison.h"

#include <algorithm>
#include <cmath>

#include "analysis/base/error.h"

namespace clipscope::session {
namespace {

/// The reference's divergence at the candidate nearest to `threshold`, over its least.
double excess(const threshold::Curve& curve, double threshold) {
    if (curve.chosen < 0)
        return 0;
    size_t nearest = 0;
    for (size_t i = 1; i < curve.threshold.size(); ++i)
        if (std::abs(curve.threshold[i] - threshold) <
            std::abs(curve.threshold[nearest] - threshold))
            nearest = i;
    const double least = curve.value[static_cast<size_t>(curve.chosen)];
    return curve.value[nearest] == least ? 0 : curve.value[nearest] / least - 1;
}

}  // namespace

std::vector<TensorComparison> compareCalibrations(const Session& session,
                                                  const Session& reference) {
    if (session.samples != reference.samples || session.tensors.size() != reference.tensors.size())
        throw Error(ErrorCode::BadInput,
                    "calibrations of different models or samples do not compare");
    const threshold::Method& method = threshold::findMethod("entropy");
    std::vector<TensorComparison> rows;
    for (size_t i = 0; i < session.tensors.size(); ++i) {
        const TensorEntry& tensor = session.tensors[i];
        const TensorEntry& wanted = reference.tensors[i];
        if (!tensor.isActivation())
            continue;
        TensorComparison row;
        row.name = tensor.name;
        row.amax = tensor.statistics.histogram.amax();
        row.referenceAmax = wanted.statistics.histogram.amax();
        const auto amax = static_cast<double>(row.referenceAmax);
        const double difference = std::abs(static_cast<double>(row.amax) - amax);
        row.sameCount = tensor.statistics.histogram.count() == wanted.statistics.histogram.count();
        row.amaxError = difference == 0 ? 0 : difference / amax;
        const threshold::Result chosen =
            threshold::compute(method, threshold::Distribution(tensor.statistics));
        const threshold::Result best =
            threshold::compute(method, threshold::Distribution(wanted.statistics));
        row.threshold = chosen.threshold;
        row.referenceThreshold = best.threshold;
        row.excessDivergence = excess(best.curve, chosen.threshold);
        rows.push_back(row);
    }
    return rows;
}

}  // namespace clipscope::session
