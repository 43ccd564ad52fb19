// SPDX-License-Identifier: Apache-2.0
// A whole model: its run, its calibration, and what lies between them, reading each value and
// adding 1 to a count for it. The model is that of the environment variable
// CLIPSCOPE_BENCHMARK_MODEL, on random inputs; their free extents are 224, but for the batch.
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "analysis/base/parallel.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/histogram/histogram.h"
#include "analysis/runtime/collector.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"
#include "analysis/runtime/lane_observer.h"
#include "analysis/runtime/lanes.h"

namespace clipscope {
namespace {

constexpr const char* kVariable = "CLIPSCOPE_BENCHMARK_MODEL";
constexpr int64_t kExtent = 224;
constexpr int64_t kBatches = 16;  ///< of an iteration
constexpr int64_t kGrain = 1 << 14;

/// Adds 1 to the fine bin of each value and does nothing else: the same table for all tensors, no
/// zeros, extremes or channels.
class BareCounter : public runtime::Observer {
public:
    explicit BareCounter(const graph::Graph& graph) : m_graph(graph) {}

    bool takesAnyLayout() const override { return true; }

    /// What a calibration has to count: other histograms follow from these.
    bool wants(graph::ValueId id) const override {
        static const std::set<std::string> following{"Relu",      "Clip",    "Reshape",
                                                     "Transpose", "Flatten", "Identity",
                                                     "Squeeze",   "Dropout", "Unsqueeze"};
        const graph::Value& value = m_graph[id];
        return value.type == DType::Float32 && !value.initializer.isDefined() &&
               !(value.producer.isValid() && following.contains(m_graph[value.producer].type));
    }

    void observe(graph::ValueId, const Tensor& tensor) override {
        const std::span<const float> values = tensor.inMemoryOrder().values<float>();
        m_counted += values.size();
        parallelFor(static_cast<int64_t>(values.size()), kGrain,
                    [&](int64_t begin, int64_t end, int worker) {
                        Counts& counts = m_counts[static_cast<size_t>(worker)];
                        for (int64_t i = begin; i < end; ++i)
                            ++counts[std::bit_cast<uint32_t>(values[static_cast<size_t>(i)]) >>
                                     histogram::kFineShift];
                    });
    }

    uint64_t counted() const { return m_counted; }

private:
    using Counts = std::array<uint32_t, size_t{1} << (32 - histogram::kFineShift)>;
    const graph::Graph& m_graph;
    uint64_t m_counted = 0;
    std::vector<Counts> m_counts = std::vector<Counts>(static_cast<size_t>(threadCount()));
};

/// Batches of a model as `run` and `calibrate` feed them: side by side where that pays.
class Model {
public:
    explicit Model(int64_t batch) : m_batch(batch) {
        std::mt19937 random(1);
        std::normal_distribution<float> distribution;
        for (const graph::ValueId id : m_graph.inputs) {
            const graph::Value& value = m_graph[id];
            std::vector<int64_t> extents;
            for (const int64_t extent : value.shape.value())
                extents.push_back(extents.empty() ? batch : extent < 0 ? kExtent : extent);
            Tensor tensor(DType::Float32, Shape(std::move(extents)));
            for (float& x : tensor.mutableValues<float>())
                x = distribution(random);
            m_inputs[value.name] = tensor;
        }
        m_lanes = runtime::makeLanes(m_executor, kBatches);
        try {  // The first run of each prepares its kernels.
            const ThreadCountScope one(1);
            for (runtime::Lane& lane : m_lanes)
                lane.run(m_inputs, {});
        } catch (const runtime::TooLargeForLanes&) {
            m_lanes.clear();
        }
        if (m_lanes.empty())
            m_executor.run(m_inputs);
    }

    const graph::Graph& graph() const { return m_graph; }
    size_t lanes() const { return std::max<size_t>(1, m_lanes.size()); }

    /// `observers`: none, or one a lane; `begin` before each batch.
    template <typename Begin>
    void runBatches(std::span<runtime::Observer* const> observers, Begin&& begin) {
        if (m_lanes.empty()) {
            for (int64_t b = 0; b < kBatches; ++b) {
                begin(0, b * m_batch);
                m_executor.run(m_inputs, observers.empty() ? nullptr : observers[0]);
            }
            return;
        }
        std::atomic<int64_t> next{0};
        std::vector<std::jthread> threads;
        for (size_t lane = 0; lane < m_lanes.size(); ++lane)
            threads.emplace_back([&, lane] {
                const ThreadCountScope one(1);
                for (int64_t b = next++; b < kBatches; b = next++) {
                    begin(lane, b * m_batch);
                    if (observers.empty())
                        m_lanes[lane].run(m_inputs, {});
                    else
                        m_lanes[lane].runFor(m_inputs, *observers[lane], {});
                }
            });
    }

    void report(benchmark::State& state) const {
        state.counters["ms/sample"] =
            benchmark::Counter(1e-3 * static_cast<double>(state.iterations() * kBatches * m_batch),
                               benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    }

private:
    int64_t m_batch;
    graph::Graph m_graph = graph::readOnnx(std::getenv(kVariable));
    runtime::CpuDevice m_device;
    runtime::Executor m_executor{m_graph, m_device};
    std::map<std::string, Tensor> m_inputs;
    std::vector<runtime::Lane> m_lanes;
};

/// None where the variable is not set.
std::optional<Model> modelFor(benchmark::State& state) {
    if (std::getenv(kVariable))
        return std::optional<Model>(std::in_place, state.range(0));
    state.SkipWithError((std::string("set ") + kVariable + " to an .onnx file").c_str());
    return {};
}

void modelRun(benchmark::State& state) {
    std::optional<Model> model = modelFor(state);
    for (auto _ : state)
        model->runBatches({}, [](size_t, int64_t) {});
    if (model)
        model->report(state);
}

void modelBareCount(benchmark::State& state) {
    std::optional<Model> model = modelFor(state);
    std::vector<std::unique_ptr<BareCounter>> counters;
    std::vector<runtime::Observer*> observers;
    for (size_t lane = 0; model && lane < model->lanes(); ++lane) {
        counters.push_back(std::make_unique<BareCounter>(model->graph()));
        observers.push_back(counters.back().get());
    }
    for (auto _ : state)
        model->runBatches(observers, [](size_t, int64_t) {});
    if (!model)
        return;
    model->report(state);
    uint64_t counted = 0;
    for (const auto& counter : counters)
        counted += counter->counted();
    state.counters["values/sample"] =
        static_cast<double>(counted) /
        static_cast<double>(state.iterations() * kBatches * state.range(0));
}

void modelCalibrate(benchmark::State& state) {
    std::optional<Model> model = modelFor(state);
    std::vector<graph::ValueId> activations;
    for (size_t i = 0; model && i < model->graph().values.size(); ++i)
        if (const graph::Value& value = model->graph().values[i];
            value.type == DType::Float32 && !value.initializer.isDefined())
            activations.emplace_back(i);
    std::optional<runtime::Collector> collector;
    std::vector<std::unique_ptr<runtime::Collector::LaneObserver>> lanes;
    std::vector<runtime::Observer*> observers;
    if (model)
        collector.emplace(model->graph(), activations);
    for (size_t lane = 0; model && lane < model->lanes(); ++lane) {
        lanes.push_back(collector->makeLaneObserver());
        observers.push_back(lanes.back().get());
    }
    for (auto _ : state)
        model->runBatches(observers, [&](size_t lane, int64_t first) {
            std::vector<int64_t> samples;
            for (int64_t i = 0; i < state.range(0); ++i)
                samples.push_back(first + i);
            lanes[lane]->beginBatch(std::move(samples));
        });
    if (model)
        model->report(state);
}

BENCHMARK(modelRun)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(modelBareCount)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(modelCalibrate)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace clipscope
