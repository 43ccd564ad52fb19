// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/quantization/best_range.h"
#include "analysis/quantization/density.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// What one method chooses for a tensor alone, and what that costs.
struct MethodChoice {
    std::string method;                ///< id
    std::string label;                 ///< "entropy", "percentile 99.99"
    threshold::Parameters parameters;  ///< all of the method's, defaults included
    Setting setting;                   ///< with the method's reason and stability
    quantization::QuantizationError error;
};

/// What an inspector shows of one tensor besides its setting. Immutable and independent of the
/// setting, so that it is computed once, away from the GUI thread.
struct TensorSummary {
    quantization::Density density;
    quantization::RangeComparison ranges;      ///< meaningless where the density has no amax
    std::vector<MethodChoice> symmetric;       ///< in the order of the table of methods
    std::vector<MethodChoice> affine;          ///< of the methods that give a range of their own
    quantization::QuantizationError original;  ///< of the entry's original setting
    double mean = 0;                           ///< of the finite values
    double standardDeviation = 0;              ///< of the population

    bool hasRange() const { return density.amax() > 0; }
};

/// A method takes the session's parameters where it is the session's, else its defaults. Throws
/// Cancelled.
TensorSummary summarize(const TensorEntry& tensor, const std::string& sessionMethod,
                        const threshold::Parameters& sessionParameters,
                        const CancellationToken& cancel = {});

/// Width of the histogram's bin at |x| (of the bins kept for this amax); 0 without any.
double binWidthAt(const histogram::Histogram& histogram, double x);

/// Whether amax was raised by the last sample: more samples may raise it further.
bool isStillGrowing(const histogram::TensorStatistics& statistics);

/// The tensors that should share this one's scale (its group) and now have another one, or another
/// zero point; none where all agree.
std::vector<size_t> splitFrom(const Session& session, size_t tensor);

}  // namespace clipscope::session
