// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/inference.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/data/npz.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"

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

}  // namespace

InferenceReport runModel(const std::filesystem::path& model, const SampleRequest& request,
                         const std::filesystem::path& output, const ProgressSink& progress,
                         const CancellationToken& cancel, runtime::Device* device) {
    const graph::Graph graph = graph::readOnnx(model);
    runtime::CpuDevice cpu;
    runtime::Executor executor(graph, device ? *device : cpu, cancel);
    SampleRun run(graph, model, request);
    std::vector<std::vector<Tensor>> parts(graph.outputs.size());
    InferenceReport report;
    run.forEach(
        [&](const SampleBatch& batch) {
            std::vector<Tensor> outputs = executor.run(batch.inputs, nullptr, cancel);
            const auto samples = static_cast<int64_t>(batch.samples.size());
            for (size_t o = 0; o < outputs.size(); ++o) {
                Tensor& tensor = outputs[o];
                if (batch.padding > 0 && tensor.rank() > 0 &&
                    tensor.shape()[0] == samples + batch.padding)
                    tensor = tensor.rows(0, samples);
                parts[o].push_back(std::move(tensor));
            }
            report.samples += batch.samples.size();
        },
        "run", progress, cancel);
    Arrays arrays;
    for (size_t o = 0; o < parts.size(); ++o)
        append(arrays, graph[graph.outputs[o]].name, std::move(parts[o]), run.samplesAreRows());
    data::writeNpz(output, arrays);
    for (const auto& [name, tensor] : arrays)
        report.outputs.emplace_back(name, tensor.shape());
    report.skipped = run.skipped();
    report.notes = run.notes();
    return report;
}

}  // namespace clipscope::session
