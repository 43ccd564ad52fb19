// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/base/progress.h"
#include "analysis/graph/graph.h"
#include "analysis/runtime/device.h"
#include "analysis/session/session.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::data {
struct Sample;
class SampleSource;
}  // namespace clipscope::data

namespace clipscope::session {

/// Which samples feed a model.
struct SampleRequest {
    std::vector<std::filesystem::path> data;                            ///< --data
    std::vector<std::pair<std::string, std::filesystem::path>> inputs;  ///< --input NAME=PATH
    std::string preprocess;  ///< preset or path of a recipe; "" for the model's own, else a default
    int64_t limit = 0;       ///< 0: all
    int64_t batch = 0;       ///< 0: the model's fixed batch, else 1
    int64_t shardIndex = 0;  ///< --shard I/N: whole batches of the global order
    int64_t shardCount = 1;
    bool loadsInParallel = false;  ///< on all threads, for devices that leave the CPU to that
};

/// Some samples joined along their first axis.
struct SampleBatch {
    std::vector<int64_t> samples;  ///< global indices
    int64_t padding = 0;           ///< repeats of the last sample at the end
    std::map<std::string, Tensor> inputs;
    std::shared_ptr<runtime::SentInputs> sent;  ///< the inputs on their way to `sentTo`, or null
    const runtime::Device* sentTo = nullptr;
};

/// Feeds samples to a model batch by batch; the next batch is read while one runs.
class SampleRun {
public:
    /// Opens the samples for the model's inputs. Throws Error as data::SampleSource does.
    SampleRun(const graph::Graph& graph, const std::filesystem::path& model,
              const SampleRequest& request);
    ~SampleRun();

    /// Calls `run` for each batch in order, after `prepare`, which gets it ahead, on the thread
    /// that reads the batches, while another one may run. Unreadable samples are left out and
    /// listed in skipped(); Error(BadInput) when not one could be read. Polls `cancel` between
    /// batches.
    void forEach(const std::function<void(const SampleBatch&)>& run, const char* stage,
                 const ProgressSink& progress, const CancellationToken& cancel,
                 const std::function<void(SampleBatch&)>& prepare = {});

    /// The same with several threads, each of which reads and runs whole batches, in `run(batch,
    /// lane)` for a lane below `lanes`. `done` gets the batches in the order in which they end, on
    /// the calling thread.
    void forEachInLanes(size_t lanes,
                        const std::function<void(const SampleBatch&, size_t lane)>& run,
                        const std::function<void(const std::vector<int64_t>& samples)>& done,
                        const char* stage, const ProgressSink& progress,
                        const CancellationToken& cancel);

    int64_t batchCount() const;             ///< of all shards
    int64_t sampleCount() const;            ///< after --limit, before --shard
    int64_t shardSampleCount() const;       ///< of the part that forEach() goes through
    std::string sampleId(int64_t i) const;  ///< "source#index"
    int64_t batch() const { return m_batch; }
    bool mayPad() const { return m_fixedBatch; }
    const std::vector<SkippedSample>& skipped() const { return m_skipped; }
    const std::string& recipe() const { return m_recipe; }  ///< JSON, "" where none was needed
    const std::vector<std::string>& notes() const { return m_notes; }
    /// True when a sample is a slice of an array along its first axis, or an image: outputs are
    /// then joined along the first axis; false when each sample was given as it is.
    bool samplesAreRows() const;
    const data::SampleSource& source() const;

private:
    struct State;
    struct Loaded;
    Loaded loadBatch(int64_t batch) const;
    void requireSamples(size_t done) const;
    std::vector<std::pair<data::Sample, int64_t>> loadEach(
        int64_t first, int64_t last, std::vector<SkippedSample>& skipped) const;
    SampleBatch load(int64_t first, int64_t last, std::vector<SkippedSample>& skipped) const;
    int64_t chooseBatch(const graph::Graph& graph, int64_t asked);

    std::unique_ptr<State> m_state;
    int64_t m_batch = 1;
    bool m_fixedBatch = false;
    bool m_loadsInParallel = false;
    std::vector<SkippedSample> m_skipped;
    std::string m_recipe;
    std::vector<std::string> m_notes;
};

}  // namespace clipscope::session
