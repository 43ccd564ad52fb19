// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/histogram/histogram.h"
#include "analysis/quantization/best_range.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// A setting and what it costs on the distribution at hand.
struct JudgedSetting {
    Setting setting;
    quantization::QuantizationError error;
};

/// In plain words and one sentence, what a symmetric scale costs this distribution; of degenerate
/// ones (no finite value, only zeros, one value) what they are.
std::string verdict(const histogram::Histogram& histogram,
                    const quantization::RangeComparison& ranges);

/// What going from the original to the current setting does to clipping and error, and where the
/// error is least, in one or two sentences; "" where they quantize alike.
std::string editVerdict(const JudgedSetting& original, const JudgedSetting& current,
                        const quantization::RangeComparison& ranges);

/// The two above as the inspector shows them: an affine range in use is judged instead of an
/// imagined one, and that a symmetric scale serves well is not worth a sentence beside an edit.
std::string verdict(const histogram::Histogram& histogram,
                    const quantization::RangeComparison& ranges, const JudgedSetting& original,
                    const JudgedSetting& current);

}  // namespace clipscope::session
