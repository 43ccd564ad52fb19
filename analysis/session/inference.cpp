// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/inference.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/data/npz.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"
#include "analysis/runtime/lanes.h"

namespace clipscope::session {
namespace {

using Arrays = std::vector<std::pair<std::string, Tensor>>;

/// Parts of equal shape but for their first extent, one after the other.
Tensor joined(const std::vector<Tensor>& parts) {
    Shape shape = parts.front().shape();
    shape[0] = 0;
    for (const Tensor& part : parts)
        shape[0] += part.shape()[0];
    Tensor whole(parts.front().type(), shape);
    std::byte* at = whole.mutableBytes();
    for (const Tensor& part : parts) {
        std::memcpy(at, part.bytes(), part.byteSize());
        at += part.byteSize();
    }
    return whole;
}

Tensor withNewFirstAxis(const Tensor& tensor) {
    std::vector<int64_t> extents{1};
    extents.insert(extents.end(), tensor.shape().begin(), tensor.shape().end());
    return tensor.reshaped(Shape(std::move(extents)));
}

bool sameRows(const Tensor& a, const Tensor& b) {
    return a.type() == b.type() && a.rank() == b.rank() && a.rank() > 0 &&
           std::equal(a.shape().begin() + 1, a.shape().end(), b.shape().begin() + 1);
}

void append(Arrays& arrays, const std::string& name, std::vector<Tensor> parts, bool rows) {
    if (!rows)
        std::ranges::transform(parts, parts.begin(), withNewFirstAxis);
    const bool fit = std::ranges::all_of(
        parts, [&](const Tensor& part) { return sameRows(part, parts.front()); });
    if (fit) {
        arrays.emplace_back(name, joined(parts));
        return;
    }
    for (size_t i = 0; i < parts.size(); ++i)
        arrays.emplace_back(fmt::format("{}/{}", name, i),
                            rows ? parts[i]
                                 : parts[i].rows(0, 1).reshaped(Shape(std::vector<int64_t>(
                                       parts[i].shape().begin() + 1, parts[i].shape().end()))));
}

/// An error of the model names its file.
template <typename Work>
auto naming(const std::filesystem::path& model, Work&& work) {
    try {
        return work();
    } catch (const Error& error) {
        throw error.within(model.string());
    }
}

struct BatchOutputs {
    size_t samples = 0;
    std::vector<Tensor> tensors;
};

/// By the first sample of each batch.
using OutputParts = std::map<int64_t, BatchOutputs>;

void leavePaddingOut(const SampleBatch& batch, std::vector<Tensor>& outputs) {
    const auto samples = static_cast<int64_t>(batch.samples.size());
    if (batch.padding == 0)
        return;
    for (Tensor& tensor : outputs)
        if (tensor.rank() > 0 && tensor.shape()[0] == samples + batch.padding)
            tensor = tensor.rows(0, samples);
}

/// Of all batches: side by side where there are lanes, else one after the other.
OutputParts outputsOfBatches(const std::filesystem::path& model, SampleRun& run,
                             runtime::Executor& executor, std::vector<runtime::Lane> lanes,
                             const ProgressSink& progress, const CancellationToken& cancel) {
    OutputParts parts;
    std::mutex guard;
    const auto keep = [&](const SampleBatch& batch, std::vector<Tensor> outputs) {
        leavePaddingOut(batch, outputs);
        const std::scoped_lock lock(guard);
        parts[batch.samples.front()] = {batch.samples.size(), std::move(outputs)};
    };
    if (lanes.empty())
        run.forEach(
            [&](const SampleBatch& batch) {
                keep(batch,
                     naming(model, [&] { return executor.run(batch.inputs, nullptr, cancel); }));
            },
            "run", progress, cancel);
    else
        run.forEachInLanes(
            lanes.size(),
            [&](const SampleBatch& batch, size_t lane) {
                keep(batch, naming(model, [&] { return lanes[lane].run(batch.inputs, cancel); }));
            },
            [](const std::vector<int64_t>&) {}, "run", progress, cancel);
    return parts;
}

Arrays outputsOf(const graph::Graph& graph, OutputParts parts, bool rows) {
    Arrays arrays;
    for (size_t o = 0; o < graph.outputs.size(); ++o) {
        std::vector<Tensor> ofBatches;
        for (auto& [sample, outputs] : parts)
            ofBatches.push_back(std::move(outputs.tensors[o]));
        append(arrays, graph[graph.outputs[o]].name, std::move(ofBatches), rows);
    }
    return arrays;
}

}  // namespace

InferenceReport runModel(const std::filesystem::path& model, const SampleRequest& request,
                         const std::filesystem::path& output, const ProgressSink& progress,
                         const CancellationToken& cancel, runtime::Device* device) {
    const graph::Graph graph = graph::readOnnx(model);
    runtime::CpuDevice cpu;
    const auto made = naming(model, [&] {
        return std::make_unique<runtime::Executor>(graph, device ? *device : cpu, cancel);
    });
    runtime::Executor& executor = *made;
    SampleRun run(graph, model, request);
    OutputParts parts;
    try {
        parts = outputsOfBatches(model, run, executor,
                                 runtime::makeLanes(executor, run.batchCount()), progress, cancel);
    } catch (const runtime::TooLargeForLanes&) {
        parts = outputsOfBatches(model, run, executor, {}, progress, cancel);
    }
    InferenceReport report;
    for (const auto& [sample, part] : parts)
        report.samples += part.samples;
    const Arrays arrays = outputsOf(graph, std::move(parts), run.samplesAreRows());
    data::writeNpz(output, arrays);
    for (const auto& [name, tensor] : arrays)
        report.outputs.emplace_back(name, tensor.shape());
    report.skipped = run.skipped();
    report.notes = run.notes();
    return report;
}

}  // namespace clipscope::session
