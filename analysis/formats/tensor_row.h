// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clipscope::formats {

/// One tensor as every listing shows it: a line of a table, an object of JSON, a line of a range
/// file. What is absent was not measured, or does not exist for this tensor.
struct TensorRow {
    std::string name;
    std::string dtype;                          ///< "float32"; empty where unknown
    std::optional<std::vector<int64_t>> shape;  ///< -1: dynamic
    /// False for rows read from a range file: count to amaxSample and the errors are then absent.
    bool hasStatistics = false;
    uint64_t count = 0;  ///< elements seen, over all samples
    uint64_t zeros = 0;
    uint64_t nan = 0;
    uint64_t inf = 0;
    std::optional<float> min;  ///< of the finite values
    std::optional<float> max;
    std::optional<float> amax;  ///< max |x|
    std::string amaxSample;     ///< id of the sample that set amax; empty where not known
    std::string method;         ///< id of the method that chose the threshold; empty: read or typed
    std::optional<float> threshold;  ///< T = float32(127 scale), the |x| that maps to code 127
    std::optional<float> scale;
    std::string hex;           ///< hexOfScale(scale); empty without a scale
    std::optional<double> lo;  ///< of the range that the codes span: -T..T, or the affine one
    std::optional<double> hi;
    std::optional<int> zeroPoint;
    std::optional<double> clipPercent;  ///< of the values, 0 to 100
    std::optional<double> sqnrDb;
    std::optional<double> clipMse;  ///< squared units of x
    std::optional<double> roundMse;
    std::optional<int> codesUsed;
    std::optional<double> bitsLost;
    std::optional<double> affineGainDb;
    bool inCache = true;  ///< belongs into a range file (design: coverage)
    std::string reason;   ///< why it is not in the cache, or has the threshold it has; may be empty
    std::string group;    ///< of tensors that share a scale; may be empty
    bool edited = false;  ///< the user set it

    std::string op;         ///< operator that produces it; empty for a graph input
    bool isAffine = false;  ///< lo, hi and zeroPoint hold an affine range
    bool isFloat = false;   ///< stays in float by the user's wish: leaves every export
};

}  // namespace clipscope::formats
