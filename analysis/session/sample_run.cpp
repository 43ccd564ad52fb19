// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/sample_run.h"

#include <algorithm>
#include <cstring>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/data/recipe.h"
#include "analysis/data/samples.h"
#include "analysis/runtime/memory_limit.h"
#include "analysis/session/lane_reports.h"

namespace clipscope::session {
namespace {

constexpr int64_t kLargestBatch = int64_t{1} << 31;

std::vector<data::InputSpec> inputSpecs(const graph::Graph& graph) {
    std::vector<data::InputSpec> specs;
    for (const graph::ValueId id : graph.inputs) {
        const graph::Value& value = graph[id];
        if (!value.shape)
            throw Error(ErrorCode::Unsupported,
                        fmt::format("the model's input '{}' declares no rank", value.name));
        specs.push_back({value.name, value.type, *value.shape});
    }
    return specs;
}

/// First extents that the model fixes; -1 where it is dynamic (or where inputs disagree).
int64_t fixedBatch(const graph::Graph& graph) {
    int64_t batch = 0;
    for (const graph::ValueId id : graph.inputs) {
        const graph::DeclaredShape& shape = *graph[id].shape;
        if (shape.empty())
            continue;
        if (batch != 0 && batch != shape.front())
            return -1;
        batch = shape.front();
    }
    return batch == 0 ? -1 : batch;
}

/// What the files, and those of the folders, take on disk.
size_t bytesOf(const SampleRequest& request) {
    namespace fs = std::filesystem;
    size_t bytes = 0;
    std::error_code ignored;
    const auto add = [&](const fs::path& path) {
        const auto size = fs::file_size(path, ignored);
        bytes += ignored ? 0 : static_cast<size_t>(size);
    };
    const auto addAll = [&](const fs::path& path) {
        if (!fs::is_directory(path, ignored))
            return add(path);
        for (const auto& entry : fs::directory_iterator(path, ignored))
            add(entry.path());
    };
    for (const fs::path& path : request.data)
        addAll(path);
    for (const auto& [name, path] : request.inputs)
        addAll(path);
    return bytes;
}

/// A fixed batch is a number that a model says; it is filled up by repeating a sample.
void requireRoomForBatch(int64_t batch, size_t sampleBytes) {
    try {
        requireRoom(batch, sampleBytes);
    } catch (const Error& error) {
        throw error.within(fmt::format("the model's batch is fixed to {}", batch));
    }
}

/// Tensors of equal shape one after the other along their first axis.
Tensor concatenated(const std::vector<const Tensor*>& parts, const std::string& input) {
    Shape shape = parts.front()->shape();
    for (size_t i = 1; i < parts.size(); ++i) {
        if (!std::equal(parts[i]->shape().begin() + 1, parts[i]->shape().end(), shape.begin() + 1,
                        shape.end()))
            throw Error(ErrorCode::BadInput,
                        fmt::format("samples of '{}' have the shapes {} and {}, which one batch "
                                    "cannot hold; use --batch 1",
                                    input, shape.toString(), parts[i]->shape().toString()));
        shape[0] += parts[i]->shape()[0];
    }
    Tensor whole(parts.front()->type(), shape);
    std::byte* at = whole.mutableBytes();
    for (const Tensor* part : parts) {
        std::memcpy(at, part->bytes(), part->byteSize());
        at += part->byteSize();
    }
    return whole;
}

}  // namespace

struct SampleRun::State {
    data::SampleSource source;
    int64_t count = 0;
    int64_t firstBatch = 0;                  ///< of this shard
    int64_t batches = 0;                     ///< of this shard
    std::shared_ptr<MemoryBudget> memory{};  ///< for the batches
};

SampleRun::~SampleRun() = default;

SampleRun::SampleRun(const graph::Graph& graph, const std::filesystem::path& model,
                     const SampleRequest& request) {
    const std::vector<data::InputSpec> specs = inputSpecs(graph);
    data::SampleOptions wanted{request.data, request.inputs, {}, request.limit};
    if (!request.preprocess.empty())
        wanted.recipe = data::findRecipe(request.preprocess);
    else if (const auto beside = data::recipeBeside(model))
        wanted.recipe = data::findRecipe(beside->string());
    m_state = std::make_unique<State>(State{data::SampleSource(specs, wanted)});
    if (m_state->source.hasImages()) {
        if (!wanted.recipe)
            m_notes.push_back(
                "no recipe was given and none lies beside the model: images are resized to the "
                "input and scaled to 0..1 (preset 'unit'); say --preprocess if that is not how the "
                "model was trained");
        m_recipe = data::toJson(wanted.recipe.value_or(data::defaultRecipe(specs.front())));
    }
    m_batch = chooseBatch(graph, request.batch);
    m_loadsInParallel = request.loadsInParallel;
    m_state->count = m_state->source.sampleCount();
    m_state->memory = runtime::memoryBudget(bytesOf(request));
    if (!m_fixedBatch)  // so that no product of batches overflows
        m_batch = std::min(m_batch, std::max<int64_t>(1, m_state->count));
    const int64_t batches = (m_state->count + m_batch - 1) / m_batch;
    m_state->firstBatch = batches * request.shardIndex / request.shardCount;
    m_state->batches =
        batches * (request.shardIndex + 1) / request.shardCount - m_state->firstBatch;
}

int64_t SampleRun::chooseBatch(const graph::Graph& graph, int64_t asked) {
    const int64_t fixed = fixedBatch(graph);
    if (fixed > kLargestBatch)
        throw Error(
            ErrorCode::BadInput,
            fmt::format("the model's batch is fixed to {}; export it with a dynamic batch", fixed));
    m_fixedBatch = fixed > 1;
    if (fixed > 0 && asked > 0 && asked != fixed && samplesAreRows())
        throw Error(
            ErrorCode::Usage,
            fmt::format("the model's batch is fixed to {}; leave --batch out, or export the "
                        "model with a dynamic batch",
                        fixed));
    if (!samplesAreRows()) {
        if (asked > 1)
            throw Error(ErrorCode::Usage,
                        "samples that are given whole (one axis more than the input) run one by "
                        "one: leave --batch out");
        m_fixedBatch = false;
        return 1;
    }
    return fixed > 0 ? fixed : std::max<int64_t>(1, asked);
}

int64_t SampleRun::sampleCount() const {
    return m_state->count;
}

int64_t SampleRun::shardSampleCount() const {
    const int64_t end = m_state->firstBatch + m_state->batches;
    return std::min(end * m_batch, m_state->count) - m_state->firstBatch * m_batch;
}

std::string SampleRun::sampleId(int64_t i) const {
    return m_state->source.id(i);
}

bool SampleRun::samplesAreRows() const {
    return m_state->source.samplesAreRows();
}

const data::SampleSource& SampleRun::source() const {
    return m_state->source;
}

/// The samples that can be read, with their indices.
std::vector<std::pair<data::Sample, int64_t>> SampleRun::loadEach(
    int64_t first, int64_t last, std::vector<SkippedSample>& skipped) const {
    struct One {
        std::optional<data::Sample> sample;
        std::vector<SkippedSample> skipped;
    };
    std::vector<One> loaded(static_cast<size_t>(last - first));
    const auto loadSome = [&](int64_t begin, int64_t end, int) {
        const MemoryBudget::Scope scope(m_state->memory);
        for (int64_t i = begin; i < end; ++i) {
            One& one = loaded[static_cast<size_t>(i)];
            one.sample = m_state->source.tryLoad(first + i, one.skipped);
        }
    };
    if (m_loadsInParallel)
        parallelFor(last - first, 1, loadSome);
    else
        loadSome(0, last - first, 0);
    std::vector<std::pair<data::Sample, int64_t>> samples;
    for (size_t i = 0; i < loaded.size(); ++i) {
        skipped.insert(skipped.end(), loaded[i].skipped.begin(), loaded[i].skipped.end());
        if (loaded[i].sample)
            samples.emplace_back(std::move(*loaded[i].sample), first + static_cast<int64_t>(i));
    }
    return samples;
}

SampleBatch SampleRun::load(int64_t first, int64_t last,
                            std::vector<SkippedSample>& skipped) const {
    const MemoryBudget::Scope scope(m_state->memory);
    SampleBatch batch;
    std::vector<std::map<std::string, Tensor>> samples;
    for (auto& [sample, index] : loadEach(first, last, skipped)) {
        samples.push_back(std::move(sample.inputs));
        batch.samples.push_back(index);
    }
    if (samples.empty())
        return batch;
    size_t sampleBytes = 0;
    for (const auto& [name, tensor] : samples.front())
        sampleBytes += tensor.byteSize() + sizeof(Tensor);
    if (m_fixedBatch)
        requireRoomForBatch(m_batch, sampleBytes);
    if (m_fixedBatch)
        for (; static_cast<int64_t>(samples.size()) < m_batch; ++batch.padding)
            samples.push_back(samples.back());
    for (const auto& [name, tensor] : samples.front()) {
        std::vector<const Tensor*> parts;
        for (const auto& sample : samples)
            parts.push_back(&sample.at(name));
        batch.inputs[name] = samples.size() == 1 ? tensor : concatenated(parts, name);
    }
    return batch;
}

struct SampleRun::Loaded {
    SampleBatch batch;
    std::vector<SkippedSample> skipped;
};

SampleRun::Loaded SampleRun::loadBatch(int64_t b) const {
    Loaded loaded;
    loaded.batch = load(b * m_batch, std::min((b + 1) * m_batch, m_state->count), loaded.skipped);
    return loaded;
}

int64_t SampleRun::batchCount() const {
    return (m_state->count + m_batch - 1) / m_batch;
}

void SampleRun::forEach(const std::function<void(const SampleBatch&)>& run, const char* stage,
                        const ProgressSink& progress, const CancellationToken& cancel,
                        const std::function<void(SampleBatch&)>& prepare) {
    const int64_t end = m_state->firstBatch + m_state->batches;
    auto readBatch = [&](int64_t b) {
        Loaded loaded = loadBatch(b);
        if (prepare && !loaded.batch.samples.empty()) {
            const MemoryBudget::Scope scope(m_state->memory);
            prepare(loaded.batch);
        }
        return loaded;
    };
    auto ask = [&](int64_t b) { return std::async(std::launch::async, readBatch, b); };

    const int64_t first = m_state->firstBatch * m_batch;
    const int64_t total = shardSampleCount();
    m_skipped.clear();
    if (progress)
        progress({stage, "samples", 0, total});
    size_t done = 0;
    std::future<Loaded> next;
    if (m_state->firstBatch < end)
        next = ask(m_state->firstBatch);
    for (int64_t b = m_state->firstBatch; b < end; ++b) {
        const Loaded loaded = next.get();
        if (b + 1 < end)
            next = ask(b + 1);
        cancel.check();
        m_skipped.insert(m_skipped.end(), loaded.skipped.begin(), loaded.skipped.end());
        if (!loaded.batch.samples.empty())
            run(loaded.batch);
        done += loaded.batch.samples.size();
        if (progress)
            progress(
                {stage, "samples", std::min((b + 1) * m_batch, m_state->count) - first, total});
    }
    requireSamples(done);
}

void SampleRun::forEachInLanes(size_t lanes,
                               const std::function<void(const SampleBatch&, size_t)>& run,
                               const std::function<void(const std::vector<int64_t>&)>& done,
                               const char* stage, const ProgressSink& progress,
                               const CancellationToken& cancel) {
    const int64_t end = m_state->firstBatch + m_state->batches;
    const int64_t total = shardSampleCount();
    LaneReports shared;
    shared.next = m_state->firstBatch;
    shared.running = lanes;
    const auto runNext = [&](size_t lane) {
        const int64_t b = shared.next++;
        if (b >= end)
            return false;
        cancel.check();
        Loaded loaded = loadBatch(b);
        if (!loaded.batch.samples.empty())
            run(loaded.batch, lane);
        shared.report({b, std::move(loaded.batch.samples), std::move(loaded.skipped)});
        return true;
    };
    if (progress)
        progress({stage, "samples", 0, total});
    std::map<int64_t, std::vector<SkippedSample>> skipped;
    size_t count = 0;
    int64_t passed = 0;
    {
        std::vector<std::jthread> threads;
        for (size_t lane = 0; lane < lanes; ++lane)
            threads.emplace_back([&, lane] { shared.runLane([&] { return runNext(lane); }); });
        const LaneReports::Stop stop(shared);
        while (std::optional<LaneReports::Ended> ended = shared.wait()) {
            count += ended->samples.size();
            passed += static_cast<int64_t>(ended->samples.size() + ended->skipped.size());
            if (!ended->samples.empty())
                done(ended->samples);
            if (progress)
                progress({stage, "samples", passed, total});
            skipped[ended->batch] = std::move(ended->skipped);
        }
    }
    m_skipped.clear();
    for (const auto& [batch, some] : skipped)
        m_skipped.insert(m_skipped.end(), some.begin(), some.end());
    if (shared.failure)
        std::rethrow_exception(shared.failure);
    requireSamples(count);
}

void SampleRun::requireSamples(size_t done) const {
    if (done > 0)
        return;
    throw Error(
        ErrorCode::BadInput,
        m_skipped.empty()
            ? std::string("there are no samples")
            : fmt::format("not one of {} samples could be read; the first: {}: {}",
                          m_skipped.size(), m_skipped.front().id, m_skipped.front().reason));
}

}  // namespace clipscope::session
