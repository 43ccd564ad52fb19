// SPDX-License-Identifier: Apache-2.0
// What counting and judging a tensor costs. Counting is varied by what hurts it: how far the keys
// spread over the table, and how often equal keys follow one another.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "analysis/base/parallel.h"
#include "analysis/histogram/counter.h"
#include "analysis/histogram/equal_bins.h"
#include "analysis/quantization/best_range.h"

namespace clipscope {
namespace {

using histogram::Histogram;
using Values = std::vector<float>;

Values normal(size_t count) {
    std::mt19937 random(1);
    std::normal_distribution<float> distribution;
    Values values(count);
    for (float& value : values)
        value = distribution(random);
    return values;
}

Values relu(size_t count) {
    Values values = normal(count);
    for (float& value : values)
        value = std::max(value, 0.0f);
    return values;
}

/// As relu, but the zeros come in runs, as in feature maps.
Values reluRuns(size_t count) {
    Values values = normal(count);
    for (size_t i = 0; i < count; ++i)
        values[i] = (i / 64) % 2 == 0 ? 0 : std::abs(values[i]);
    return values;
}

Values relu6(size_t count) {
    Values values = normal(count);
    for (float& value : values)
        value = std::clamp(4 * value, 0.0f, 6.0f);
    return values;
}

Values constant(size_t count) {
    return Values(count, 1.5f);
}

Values sorted(size_t count) {
    Values values = normal(count);
    std::sort(values.begin(), values.end());
    return values;
}

Values wide(size_t count) {  // spread over 60 octaves
    Values values = normal(count);
    for (float& value : values)
        value = std::copysign(std::exp2(20 * value), value);
    return values;
}

template <Values (*Make)(size_t)>
void count(benchmark::State& state) {
    const Values values = Make(static_cast<size_t>(state.range(0)));
    setThreadCount(1);
    histogram::Counter counter;
    Histogram target;  // as in a run, where a tensor's octaves exist after its first sample
    for (auto _ : state) {
        counter.count(values, target);
        benchmark::DoNotOptimize(target.zeros());
    }
    setThreadCount(0);
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.counters["ns/value"] =
        benchmark::Counter(1e-9 * static_cast<double>(state.iterations() * state.range(0)),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
constexpr int64_t kMany = 1 << 20;
BENCHMARK(count<normal>)->Arg(kMany)->Arg(1 << 16)->Arg(1 << 13)->Arg(4000)->Arg(2000)->Arg(100);
BENCHMARK(count<relu>)->Arg(kMany)->Arg(4000)->Arg(2000);
BENCHMARK(count<reluRuns>)->Arg(kMany);
BENCHMARK(count<relu6>)->Arg(kMany);
BENCHMARK(count<constant>)->Arg(kMany)->Arg(4000)->Arg(2000);
BENCHMARK(count<sorted>)->Arg(kMany);
BENCHMARK(count<wide>)->Arg(kMany);

void countParallel(benchmark::State& state) {
    const Values values = normal(static_cast<size_t>(state.range(0)));
    histogram::Counter counter;
    Histogram target;
    for (auto _ : state) {
        counter.count(values, target);
        benchmark::DoNotOptimize(target.zeros());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(countParallel)->Arg(kMany)->Arg(16 * kMany)->UseRealTime();

void extent(benchmark::State& state) {
    const Values values = normal(kMany);
    for (auto _ : state)
        benchmark::DoNotOptimize(histogram::extentOf(values));
    state.SetItemsProcessed(state.iterations() * kMany);
}
BENCHMARK(extent);

void exactAbs(benchmark::State& state) {
    const Values values = normal(kMany);
    const double amax = static_cast<double>(histogram::extentOf(values).amax());
    histogram::EqualBins bins{0, amax, std::vector<uint64_t>(2048)};
    for (auto _ : state)
        histogram::addExactAbs(values, bins);
    benchmark::DoNotOptimize(bins.counts.data());
    state.SetItemsProcessed(state.iterations() * kMany);
}
BENCHMARK(exactAbs);

Histogram histogramOfNormal() {
    Histogram result;
    result.add(normal(kMany));
    return result;
}

void resample(benchmark::State& state) {
    const Histogram source = histogramOfNormal();
    for (auto _ : state)
        benchmark::DoNotOptimize(histogram::resampleAbs(source, 2048).counts.data());
}
BENCHMARK(resample)->Unit(benchmark::kMicrosecond);

void density(benchmark::State& state) {
    const Histogram source = histogramOfNormal();
    for (auto _ : state)
        benchmark::DoNotOptimize(quantization::Density(source).total());
}
BENCHMARK(density)->Unit(benchmark::kMicrosecond);

void evaluate(benchmark::State& state) {
    const quantization::Density source(histogramOfNormal());
    for (auto _ : state)
        benchmark::DoNotOptimize(
            quantization::evaluate(source, quantization::symmetricQuantizer(3)).roundMse);
}
BENCHMARK(evaluate)->Unit(benchmark::kMicrosecond);

void evaluateFast(benchmark::State& state) {
    const quantization::Density source(histogramOfNormal());
    for (auto _ : state)
        benchmark::DoNotOptimize(
            quantization::evaluateFast(source, quantization::symmetricQuantizer(3)).roundMse);
}
BENCHMARK(evaluateFast)->Unit(benchmark::kMicrosecond);

void bestSymmetric(benchmark::State& state) {
    const quantization::Density source(histogramOfNormal());
    for (auto _ : state)
        benchmark::DoNotOptimize(quantization::bestSymmetric(source).hi);
}
BENCHMARK(bestSymmetric)->Unit(benchmark::kMillisecond);

void compareRanges(benchmark::State& state) {
    const quantization::Density source(histogramOfNormal());
    for (auto _ : state)
        benchmark::DoNotOptimize(quantization::compareRanges(source).affine.hi);
}
BENCHMARK(compareRanges)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace clipscope
