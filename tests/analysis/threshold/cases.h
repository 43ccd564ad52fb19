// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/threshold/method.h"
#include "tests/npy_oracle.h"

/// The oracle's distributions as methods take them.
namespace clipscope::threshold {

inline double oracleAmax(const std::string& name) {
    static const nlohmann::json cases = oracle::histogramJson("cases.json");
    return cases.at(name).at("amax").get<double>();
}

inline histogram::EqualBins givenBins(const std::string& name) {
    return {0.0, oracleAmax(name), oracle::exactBins(name)};
}

inline Distribution given(const std::string& name) {
    return Distribution(givenBins(name));
}

inline histogram::TensorStatistics statisticsOf(const std::vector<float>& values) {
    histogram::TensorStatistics statistics;
    statistics.histogram.add(values);
    return statistics;
}

/// What `--two-pass` keeps.
inline histogram::TensorStatistics twoPassStatisticsOf(const std::vector<float>& values) {
    histogram::TensorStatistics statistics = statisticsOf(values);
    statistics.exactAbs =
        histogram::EqualBins{0.0, statistics.histogram.amax(), std::vector<uint64_t>(2048, 0)};
    histogram::addExactAbs(values, *statistics.exactAbs);
    return statistics;
}

inline Result computeFor(const char* method, const Distribution& distribution,
                         const Parameters& parameters = {}) {
    return compute(findMethod(method), distribution, parameters);
}

}  // namespace clipscope::threshold
