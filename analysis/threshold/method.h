// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/histogram/equal_bins.h"
#include "analysis/histogram/histogram.h"
#include "analysis/histogram/statistics.h"
#include "analysis/quantization/density.h"

namespace clipscope::threshold {

/// What a method works on: a tensor's distribution, from a calibration or from given bins.
class Distribution {
public:
    /// Bins come from `statistics.exactAbs` where it has as many as asked, else resampled.
    /// `statistics` must outlive this.
    explicit Distribution(const histogram::TensorStatistics& statistics);

    /// Counts of |x| over [0, amax], taken as x >= 0, uniform inside their bins; amax is the last
    /// edge. Asking for another number of bins than given is an Error(Usage).
    explicit Distribution(histogram::EqualBins absBins);

    /// n equal bins of |x| over [0, amax], zeros in bin 0. Computed once per n; thread-safe is not
    /// promised.
    const histogram::EqualBins& absBins(size_t n) const;
    const quantization::Density& density() const;        ///< signed
    const quantization::Density& foldedDensity() const;  ///< of |x|
    double min() const { return m_min; }
    double max() const { return m_max; }
    float amax() const { return m_amax; }
    double finiteCount() const { return m_finite; }

private:
    const histogram::TensorStatistics* m_statistics = nullptr;
    double m_min = 0;
    double m_max = 0;
    float m_amax = 0;
    double m_finite = 0;
    mutable std::map<size_t, histogram::EqualBins> m_bins;
    mutable std::optional<quantization::Density> m_density;
    mutable std::optional<quantization::Density> m_folded;
};

/// What a method minimised, over its candidates.
struct Curve {
    std::string kind;               ///< "kl" (nats) or "mse" (squared units of x)
    std::vector<double> threshold;  ///< ascending
    std::vector<double> value;      ///< infinite where P > 0 = Q, NaN where undefined
    int chosen = -1;                ///< index, -1 when no candidate was eligible; mse refines T
                                    ///< further, within a step of it
    int firstBins = 0;              ///< kl: candidate k uses bins [0, firstBins + k * stride)
    int stride = 1;
};

/// Parameters by name (`--param k=v`), already checked against the method's list.
using Parameters = std::map<std::string, std::string, std::less<>>;

struct Result {
    double threshold = 1;  ///< T before s is rounded; positive and finite, always
    double lo = 0;         ///< affine range for methods that give one, else -T..T
    double hi = 0;
    std::string reason;     ///< "", "all-zero", "no-data", "entropy-degenerate",
                            ///< "percentile-degenerate", "scale-underflow"
    bool unstable = false;  ///< entropy: the curve jumps near its minimum; two-pass would settle it
    Curve curve;            ///< empty for methods that minimise nothing
};

struct ParameterInfo {
    std::string_view name;
    std::string_view defaultValue;
    std::string_view help;
    double least = 0;  ///< values lie in [least, most], or (least, most] where `open`
    double most = 0;
    bool isWhole = true;  ///< an integer
    bool open = false;
};

/// One row of the table of methods.
struct Method {
    std::string_view id;       ///< as given to --method
    std::string_view summary;  ///< one line for --help, with the source
    std::span<const ParameterInfo> parameters;
    Result (*compute)(const Distribution&, const Parameters&);
    /// The TensorRT calibrator whose name a cache made with it carries.
    std::string_view cacheAlgorithm;
};

/// The table, in the order in which methods are listed.
std::span<const Method> methods();

/// Throws Error(Usage) that lists the known ones (and says so of those that are still to come).
const Method& findMethod(std::string_view id);

/// Runs a method: checks the parameters (unknown name or bad value: Error(Usage)), answers
/// degenerate tensors itself: all zero: T = 1, `all-zero`; no finite value: T = 1, `no-data`;
/// constant c: T = |c|. Sees to it that float32(T / 127) is a normal number: a smaller T becomes
/// the least that has one, `scale-underflow`; and that float32(127 s) is finite.
Result compute(const Method& method, const Distribution& distribution,
               const Parameters& parameters = {});

}  // namespace clipscope::threshold
