// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/calibration.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <mutex>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/lanes.h"
#include "analysis/session/device_run.h"
#include "analysis/session/merge.h"
#include "analysis/session/model_identity.h"
#include "analysis/session/model_layout.h"
#include "analysis/session/thresholds.h"
#include "analysis/threshold/parameters.h"

namespace clipscope::session {
namespace {

using graph::ValueId;

std::vector<LiveSnapshot::Name> liveNames(const ModelLayout& layout) {
    std::vector<LiveSnapshot::Name> names;
    for (const size_t tensor : layout.tensorOf)
        names.push_back({layout.tensors[tensor].name, layout.tensors[tensor].op});
    return names;
}

/// Sample indices of the statistics become positions in the list of samples that were finished; one
/// that was cancelled half-way goes.
void renumber(std::vector<TensorEntry>& tensors, const std::vector<int64_t>& order) {
    for (TensorEntry& tensor : tensors) {
        auto& samples = tensor.statistics.sampleAmax;
        std::erase_if(samples, [&](const auto& sample) {
            return !std::ranges::binary_search(order, sample.sample);
        });
        std::ranges::sort(samples, {}, &histogram::TensorStatistics::SampleAmax::sample);
        for (auto& sample : samples)
            sample.sample = std::ranges::lower_bound(order, sample.sample) - order.begin();
    }
}

std::vector<std::string> paddingNotes(const graph::Graph& graph, const DeviceRun& devices) {
    std::vector<std::string> notes;
    for (const ValueId id : devices.countedWithPadding())
        notes.push_back(
            fmt::format("'{}' does not have the batch as its first axis: the samples "
                        "repeated to fill the last batch are counted in it",
                        graph[id].name));
    return notes;
}

/// A batch longer than this is cancelled between two nodes, a shorter one is finished first.
constexpr std::chrono::milliseconds kLongBatch{500};

/// Runs batches, of which several may be inside at once, and knows whether one was left half-way.
/// An error of the model names its file.
class BatchRunner {
    using Clock = std::chrono::steady_clock;

public:
    BatchRunner(const CancellationToken& cancel, const std::filesystem::path& model)
        : m_cancel(cancel), m_model(model) {}

    template <typename Run>
    void operator()(Run&& run) {
        const auto start = Clock::now();
        ++m_inside;
        try {
            run(isLong() ? m_cancel : m_cancel.heededFrom(start + kLongBatch));
        } catch (const DeviceLost&) {
            throw;
        } catch (const Error& error) {
            throw error.within(m_model.string());
        }
        --m_inside;
        const Clock::duration took = Clock::now() - start;
        const std::scoped_lock lock(m_mutex);
        m_longest = std::max(m_longest, took);
    }

    bool isInside() const { return m_inside > 0; }

private:
    bool isLong() {
        const std::scoped_lock lock(m_mutex);
        return m_longest > kLongBatch;
    }

    const CancellationToken& m_cancel;
    const std::filesystem::path& m_model;
    std::atomic<int> m_inside{0};
    std::mutex m_mutex;
    Clock::duration m_longest{};
};

/// One pass over the samples; false when it was stopped. `seen` takes the samples finished, `lost`
/// why a device stopped answering.
bool pass(const std::filesystem::path& model, SampleRun& run, DeviceRun& devices, const char* stage,
          std::vector<int64_t>& seen, std::vector<std::string>& notes, std::string& lost,
          const ProgressSink& progress, const CancellationToken& cancel,
          const std::function<void(int64_t)>& afterBatch = {}) {
    BatchRunner runner(cancel, model);
    const auto done = [&](const std::vector<int64_t>& samples) {
        seen.insert(seen.end(), samples.begin(), samples.end());
        if (afterBatch)
            afterBatch(static_cast<int64_t>(seen.size()));
    };
    const auto runInLane = [&](const SampleBatch& batch, size_t lane) {
        runner([&](const CancellationToken& heeded) { devices.run(batch, lane, heeded); });
    };
    const auto runAlone = [&](const SampleBatch& batch) {
        runner([&](const CancellationToken& heeded) { devices.run(batch, heeded); });
        done(batch.samples);
    };
    bool isComplete = true;
    try {
        if (devices.laneCount() > 0)
            run.forEachInLanes(devices.laneCount(), runInLane, done, stage, progress, cancel);
        else
            run.forEach(runAlone, stage, progress, cancel,
                        [&](SampleBatch& batch) { devices.send(batch); });
        devices.finish();
    } catch (const DeviceLost& error) {
        seen = devices.keep();
        lost = fmt::format("{} stopped answering: {}", devices.name(), error.what());
        isComplete = false;
    } catch (const Cancelled&) {
        if (devices.stop() || runner.isInside())
            notes.push_back(
                "cancelled inside a batch: the first tensors of the graph hold it, "
                "the others do not");
        isComplete = false;
    }
    std::ranges::sort(seen);
    return isComplete;
}

/// False when it was stopped.
bool secondPass(const CalibrationRequest& request, SampleRun& run, DeviceRun& devices,
                std::vector<std::string>& notes, const ProgressSink& progress,
                const CancellationToken& cancel) {
    devices.beginSecondPass(request.exactBins);
    std::vector<int64_t> seen;
    std::vector<std::string> ignored;
    std::string lost;
    if (pass(request.model, run, devices, "second pass", seen, ignored, lost, progress, cancel))
        return true;
    notes.push_back(
        fmt::format("{} in the second pass: its exact bins are left out",
                    lost.empty() ? std::string("cancelled") : "stopped (" + lost + ")"));
    return false;
}

/// What was collected of the samples `seen`, ascending.
void takeOver(Session& session, const SampleRun& run, DeviceRun& devices, ModelLayout layout,
              const std::vector<int64_t>& seen) {
    for (const int64_t sample : seen)
        session.samples.push_back(run.sampleId(sample));
    for (size_t a = 0; a < layout.activations.size(); ++a) {
        TensorEntry& tensor = layout.tensors[layout.tensorOf[a]];
        tensor.shape = devices.shape(layout.activations[a]);
        tensor.statistics = devices.takeStatistics(layout.activations[a]);
        if (session.isPartial)
            tensor.statistics.exactAbs.reset();
    }
    session.tensors = std::move(layout.tensors);
    session.groups = std::move(layout.groups);
    renumber(session.tensors, seen);
}

/// The whole calibration at the batch that the samples ask for. Throws BatchTooLarge.
Session calibrateAt(const graph::Graph& graph, const CalibrationRequest& request, SampleRun& run,
                    DeviceRun& devices, ModelLayout layout, const ProgressSink& progress,
                    const CancellationToken& cancel, const LiveSink& live) {
    const auto start = std::chrono::steady_clock::now();
    const auto hostShare = [&] {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        return devices.hostShare(elapsed.count());
    };
    Session session;
    std::future<std::string> sha256 =  // meanwhile: no other thread would share this work later
        std::async([&] { return sha256OfFile(request.model); });
    std::vector<int64_t> seen;
    LiveReporter reporter(devices.deviceCount() == 1 ? live : LiveSink(), liveNames(layout));
    std::string lost;
    const auto reportOf = [&](int64_t done, int64_t total) {
        if (!live)
            return;
        const auto locks = devices.lockStatistics();
        reporter.update(
            done, total,
            [&](size_t activation) -> const histogram::TensorStatistics& {
                return devices.statistics(layout.activations[activation]);
            },
            [&] {
                return LiveDevice{devices.name(), hostShare()};
            });
    };
    const auto report = [&](int64_t done) { reportOf(done, run.shardSampleCount()); };
    bool complete = pass(request.model, run, devices, "calibrate", seen, session.notes, lost,
                         progress, cancel, report);
    const auto finished = static_cast<int64_t>(seen.size());
    if (complete && finished < run.shardSampleCount())  // the others could not be read
        reportOf(finished, finished);
    if (!lost.empty() && seen.empty())
        throw Error(ErrorCode::Io, lost);
    if (!lost.empty())
        session.notes.push_back(
            fmt::format("{}. The result holds {} of {} samples, those that were "
                        "counted before its last checkpoint",
                        lost, seen.size(), run.shardSampleCount()));
    if (complete && request.twoPass)
        complete = secondPass(request, run, devices, session.notes, progress, cancel);

    identifyModel(session, request.model, sha256.get());
    session.recipe = run.recipe();
    session.batch = run.batch();
    session.device = devices.name();
    session.isPartial = !complete;
    session.skipped = run.skipped();
    session.notes.insert(session.notes.end(), run.notes().begin(), run.notes().end());
    for (std::string& note : paddingNotes(graph, devices))
        session.notes.push_back(std::move(note));
    if (std::string share = hostShare().sentence(); !share.empty())
        session.notes.push_back(std::move(share));
    takeOver(session, run, devices, std::move(layout), seen);
    return session;
}

/// The request for half the batch. Throws Error where it cannot be halved.
SampleRequest halved(const SampleRequest& request, const SampleRun& run, const DeviceRun& devices) {
    if (request.batch == 0)
        throw Error(ErrorCode::OutOfMemory,
                    fmt::format("a batch of {}, which the model fixes, does not fit the memory of "
                                "{}: run with --device cpu",
                                run.batch(), devices.name()));
    SampleRequest half = request;
    half.batch = std::max<int64_t>(1, run.batch() / 2);
    return half;
}

}  // namespace

Session calibrate(const CalibrationRequest& request, const ProgressSink& progress,
                  const CancellationToken& cancel, const LiveSink& live) {
    const threshold::Method& method = threshold::findMethod(request.method);
    threshold::checkParameters(method, request.parameters);
    if (request.twoPass && request.devices.size() > 1)
        throw Error(ErrorCode::Usage,
                    "--two-pass runs on one device: name one, such as --device cuda:0");
    const graph::Graph graph = graph::readOnnx(request.model);
    runtime::CpuDevice cpu;
    std::vector<runtime::Device*> where = request.devices;
    if (where.empty())
        where.push_back(&cpu);
    const ModelLayout layout = layOutModel(graph);
    SampleRequest samples = request.samples;
    samples.loadsInParallel = std::ranges::any_of(where, [](const runtime::Device* device) {
        return device->memoryKind() != MemoryKind::Host;
    });
    std::string tooLarge;
    bool mayHaveLanes = true;
    while (true) {
        DeviceRun devices(graph, layout.activations, where, cancel, request.checkpoints);
        SampleRun run(graph, request.model, samples);
        if (mayHaveLanes)
            devices.makeLanes(run);
        try {
            Session session =
                calibrateAt(graph, request, run, devices, layout, progress, cancel, live);
            if (!tooLarge.empty())
                session.notes.push_back(fmt::format("{}; it ran with {}", tooLarge, session.batch));
            sortSamples(session);
            computeThresholds(session, method, request.parameters, request.useGroups);
            return session;
        } catch (const runtime::TooLargeForLanes&) {
            mayHaveLanes = false;
        } catch (const BatchTooLarge& error) {
            if (tooLarge.empty())
                tooLarge = fmt::format("a batch of {} does not fit the memory of {}", run.batch(),
                                       error.device);
            samples = halved(samples, run, devices);
        }
    }
}

}  // namespace clipscope::session
