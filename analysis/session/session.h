// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/data/samples.h"
#include "analysis/graph/coverage.h"
#include "analysis/histogram/statistics.h"
#include "analysis/quantization/quantizer.h"
#include "analysis/threshold/method.h"

namespace clipscope::session {

/// Setting::method of a scale that came with somebody's range file.
inline constexpr std::string_view kFromFile = "file";

/// How one tensor is quantized. The float32 scale is what is kept; T = 127 scale derives from it.
struct Setting {
    std::string method;  ///< id of the method it came from, "manual" or kFromFile; "" for none yet
    bool isAffine = false;
    bool keepFloat = false;  ///< set by the user: leaves every export
    float scale = 1;
    int zeroPoint = 0;
    double lo = 0;  ///< the range asked for; symmetric: -T and T before s was rounded
    double hi = 0;
    std::string reason;     ///< of the method, such as "all-zero"
    bool unstable = false;  ///< of the method (threshold::Result)

    /// False before a calibration, and for a tensor that a range file lacks: no scale is known.
    bool isSet() const { return !method.empty(); }
    /// T as shown: float32(127 s) for symmetric settings.
    float threshold() const;
    quantization::Quantizer quantizer() const;
    bool operator==(const Setting&) const = default;
};

Setting symmetricSetting(double threshold, std::string method);
/// lo <= 0 <= hi is enforced by extending the range.
Setting affineSetting(double lo, double hi, std::string method);
/// Exactly this float32 as scale, such as from a cache's hex digits.
Setting scaleSetting(float scale, std::string method);

/// What somebody's range file, opened on a model, says of a tensor.
enum class RangeFileState {
    NotCompared,  ///< the session is no range file, or no model was given with it
    Listed,       ///< a value of the model that the file has a line for
    Missing,      ///< an activation that the file has no line for
    Extra,        ///< a line that names nothing in the model
};

/// One value of the model: activations carry statistics and settings, the others a reason why not.
struct TensorEntry {
    std::string name;
    std::string op;  ///< operator that produces it, "Input" for inputs
    DType type = DType::Undefined;
    Shape shape;  ///< of the last run, with its batch
    graph::CoverageClass coverage = graph::CoverageClass::Activation;
    graph::TensorRtUse tensorRt = graph::TensorRtUse::Uses;
    std::string coverageReason;
    histogram::TensorStatistics statistics;
    Setting original;                                        ///< what the method chose
    Setting current;                                         ///< with the user's edits
    int group = -1;                                          ///< index into Session::groups
    RangeFileState fileState = RangeFileState::NotCompared;  ///< not saved

    bool isActivation() const { return coverage == graph::CoverageClass::Activation; }
    bool isEdited() const { return !(current == original); }
};

/// Tensors that share one scale (graph/scale_groups.h), as indices into Session::tensors.
struct TensorGroup {
    std::string name;  ///< of its first source
    std::vector<size_t> members;
    std::vector<size_t> sources;
};

using data::SkippedSample;

/// The document: everything right of the histograms. It needs neither the model nor the samples.
struct Session {
    std::string toolVersion;
    std::string modelName;    ///< file name
    std::string modelPath;    ///< where it was, as given
    std::string modelSha256;  ///< of the model file, lower-case hex
    std::string recipe;       ///< JSON, "" where the samples were arrays
    std::string method = "entropy";
    threshold::Parameters parameters;
    bool useGroups = true;
    int64_t batch = 1;
    std::string device = "cpu";
    std::string header;  ///< of a cache export; "" for the default of the method
    bool isPartial = false;
    std::vector<std::string> samples;  ///< ids; statistics refer to them by index
    std::vector<SkippedSample> skipped;
    std::vector<std::string> notes;    ///< what the run had to say
    std::vector<TensorEntry> tensors;  ///< in graph order
    std::vector<TensorGroup> groups;
    std::string rangesPath;   ///< of the range file that was opened, else ""; not saved
    std::string rangesBytes;  ///< the file as it was read: exports change only edited lines of it

    /// Error(Usage) with the nearest names where there is no such activation.
    size_t indexOf(std::string_view name) const;
    const TensorEntry& find(std::string_view name) const { return tensors[indexOf(name)]; }
};

}  // namespace clipscope::session
