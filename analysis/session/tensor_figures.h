// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/quantization/density.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// What a table shows of a setting; absent where there is no distribution or no signal.
struct TensorFigures {
    std::optional<double> sqnrDb;  ///< infinite without error
    std::optional<double> clipPercent;
    std::optional<double> bitsLost;
};
TensorFigures tensorFigures(const quantization::Density& density, const Setting& setting);

/// A distribution small enough for the cell of a table, over all its values and 0.
struct Sparkline {
    double lo = 0;  ///< values at its left and right end
    double hi = 1;
    float first = 0;             ///< left edge of bar 0, 0..1 from lo to hi
    float step = 0;              ///< width of a bar
    std::vector<float> heights;  ///< 0..1, logarithmic in the counts; empty where all values are 0

    /// Where a value lies, 0..1 within [lo, hi].
    double position(double value) const { return (value - lo) / (hi - lo); }
};
Sparkline sparkline(const quantization::Density& density, size_t columns = 72);

/// Whether the last sample set a new amax: the range had not settled.
bool isStillGrowing(const Session& session, const TensorEntry& tensor);

/// "scale", "fused", "float" (TensorRT has no INT8 operator, or `setting` says so), else the name
/// of the coverage class.
std::string_view coverageWord(const TensorEntry& tensor, const Setting& setting);

/// "9 of 14 tensors get a scale: 1 fused, 3 shape, 1 integer": those that TensorRT fuses away or
/// computes in float have a line in the file, but it is not used. Extra lines of a range file are
/// not tensors of the model and do not count.
std::string scaleSummary(const Session& session);

}  // namespace clipscope::session
