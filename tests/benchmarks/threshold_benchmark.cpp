// SPDX-License-Identifier: Apache-2.0
// What the search of thresholds costs from histograms that are there: a network of 170 tensors with
// every method, on one thread.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "analysis/threshold/divergence.h"
#include "analysis/threshold/method.h"

namespace clipscope::threshold {
namespace {

constexpr int kTensors = 170;  ///< as many as ResNet-50 has
constexpr int kValues = 200000;

/// Values of the kinds that networks produce, scaled differently in each tensor.
std::vector<float> valuesOf(int tensor) {
    std::mt19937 random(static_cast<uint32_t>(20260000 + tensor));
    std::normal_distribution<float> normal;
    std::student_t_distribution<float> heavy(3.0f);
    std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
    std::vector<float> values(kValues);
    const float scale = std::exp2(static_cast<float>(tensor % 13) - 6);
    for (float& x : values) {
        switch (tensor % 6) {
            case 0:
                x = normal(random);
                break;
            case 1:
                x = std::max(0.0f, normal(random));
                break;
            case 2:
                x = heavy(random);
                break;
            case 3:
                x = uniform(random);
                break;
            case 4:
                x = 4 + 0.8f * normal(random);
                break;
            default:
                x = uniform(random) > 0.9f ? std::abs(normal(random)) : 0.0f;
                break;
        }
        x *= scale;
    }
    return values;
}

const std::vector<histogram::TensorStatistics>& network() {
    static const std::vector<histogram::TensorStatistics> tensors = [] {
        std::vector<histogram::TensorStatistics> made(kTensors);
        for (int tensor = 0; tensor < kTensors; ++tensor)
            made[static_cast<size_t>(tensor)].histogram.add(valuesOf(tensor));
        return made;
    }();
    return tensors;
}

/// From the histograms of a network to its thresholds, resampling and prefix sums included, on one
/// thread.
void thresholdsOfANetwork(benchmark::State& state, const Method& method) {
    network();
    for (auto _ : state) {
        for (const histogram::TensorStatistics& statistics : network())
            benchmark::DoNotOptimize(compute(method, Distribution(statistics)).threshold);
    }
    state.counters["perTensor"] = benchmark::Counter(
        kTensors, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// The search alone.
void divergenceOfOneTensor(benchmark::State& state) {
    const histogram::EqualBins bins =
        histogram::resampleAbs(network()[static_cast<size_t>(state.range(0))].histogram, 2048);
    for (auto _ : state)
        benchmark::DoNotOptimize(divergenceCurve(bins.counts, {}));
}
BENCHMARK(divergenceOfOneTensor)->DenseRange(0, 5)->Unit(benchmark::kMillisecond);

const bool kRegistered = [] {
    for (const Method& method : methods())
        benchmark::RegisterBenchmark(
            ("thresholdsOfANetwork/" + std::string(method.id)).c_str(),
            [&method](benchmark::State& state) { thresholdsOfANetwork(state, method); })
            ->Unit(benchmark::kMillisecond);
    return true;
}();

}  // namespace
}  // namespace clipscope::threshold
