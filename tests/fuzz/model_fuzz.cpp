// SPDX-License-Identifier: Apache-2.0
// clipscope_fuzz --data FOLDER|ZIP... [--seed N] [--first I] [--count N] [--seconds N]
//
// Damages models, lists and runs them, and ends with 1 where one crashes, hangs, takes gigabytes or
// throws what is no plain error. Each iteration depends on the seed and its number only: a finding
// names both, and --first I --count 1 repeats it.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "analysis/base/error.h"
#include "analysis/graph/coverage.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/graph/scale_groups.h"
#include "analysis/graph/tensor_decoder.h"
#include "analysis/runtime/collector.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"
#include "tests/fuzz/mutator.h"
#include "tests/temporary_folder.h"
#include "tests/zip_files.h"

namespace clipscope::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kHangs = 30;  // seconds that are taken for a hang
constexpr auto kCancelAfter = std::chrono::seconds(2);
constexpr long kMostGrowth = 700 << 10;  // KiB; the memory limit is set to 256 MiB

/// A model with inputs that fit it.
struct Seed {
    std::string name;
    std::string model;
    std::vector<Tensor> inputs;
};

struct Options {
    std::vector<fs::path> data;
    uint64_t seed = 1;
    uint64_t first = 0;
    uint64_t count = 1000;
    long seconds = 0;  ///< 0: no limit
};

std::string readWhole(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// test_data_set_0/input_0.pb and so on beside the model.
std::vector<Tensor> recordedInputs(const fs::path& folder) {
    std::vector<Tensor> inputs;
    for (fs::path path; fs::exists(path = folder / "test_data_set_0" /
                                          fmt::format("input_{}.pb", inputs.size()));) {
        onnx::TensorProto proto;
        if (!proto.ParseFromString(readWhole(path)))
            break;
        try {
            inputs.push_back(graph::decodeTensor(proto, {nullptr, folder}));
        } catch (const Error&) {  // a sequence, or strings
            break;
        }
    }
    return inputs;
}

void addSeeds(const fs::path& folder, std::vector<Seed>& seeds) {
    std::vector<fs::path> models;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".onnx" && entry.file_size() < (1 << 20))
            models.push_back(entry.path());
    std::ranges::sort(models);
    for (const fs::path& model : models)
        seeds.push_back({fs::relative(model, folder).string(), readWhole(model),
                         recordedInputs(model.parent_path())});
}

std::atomic<uint64_t> g_iteration{0};
std::string g_seedText;

/// Says which iteration crashed or hangs, and ends.
void onSignal(int signal) {
    char text[160];
    const int length =
        std::snprintf(text, sizeof text, "\nsignal %d in iteration %llu of seed %s\n", signal,
                      static_cast<unsigned long long>(g_iteration.load()), g_seedText.c_str());
    if (length > 0 && ::write(STDERR_FILENO, text, static_cast<size_t>(length)) < 0)
        ::_exit(3);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

long peakResident() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/// Lists the model, and runs it once under observation.
void listAndRun(const fs::path& path, const std::vector<Tensor>& recorded) {
    const graph::Graph graph = graph::readOnnx(path);
    std::vector<graph::ValueId> activations;
    for (const auto& row : graph::coverage(graph))
        if (row.kind == graph::CoverageClass::Activation)
            activations.push_back(row.value);
    (void)graph::scaleGroups(graph, activations);
    const CancellationToken cancel =
        CancellationToken().heededFrom(std::chrono::steady_clock::now() + kCancelAfter);
    cancel.cancel();
    runtime::CpuDevice device;
    runtime::Executor executor(graph, device, cancel);
    runtime::Collector collector(graph, activations);
    collector.beginBatch({0});
    std::map<std::string, Tensor> inputs;
    for (size_t i = 0; i < graph.inputs.size() && i < recorded.size(); ++i)
        inputs.emplace(graph[graph.inputs[i]].name, recorded[i]);
    (void)executor.run(inputs, &collector, cancel);
}

/// Empty when the model ran or was refused as it should be.
std::string finding(const fs::path& path, const std::vector<Tensor>& inputs) {
    const long before = peakResident();
    std::string message;
    try {
        listAndRun(path, inputs);
    } catch (const Cancelled&) {
    } catch (const Error& error) {
        message = error.what();
        if (error.code() == ErrorCode::Internal ||
            message.find("no memory for what it needs") != std::string::npos)
            return message;
    } catch (const std::exception& error) {
        return std::string("not an Error: ") + error.what();
    }
    if (const long growth = peakResident() - before; growth > kMostGrowth)
        return fmt::format("it took {} MiB ({})", growth >> 10, message);
    return "";
}

bool runIteration(const Options& options, const std::vector<Seed>& seeds, uint64_t i,
                  const fs::path& path) {
    Mutator mutator(options.seed * 0x9e3779b97f4a7c15 + i);
    const Seed& seed = seeds[mutator.below(seeds.size())];
    std::string bytes = seed.model;
    onnx::ModelProto model;
    if (mutator.oneIn(4) || !model.ParseFromString(bytes)) {
        mutator.damageBytes(bytes);
    } else {
        mutator.damageModel(model);
        bytes = model.SerializeAsString();
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    std::vector<Tensor> inputs;
    for (const Tensor& input : seed.inputs)
        inputs.push_back(mutator.oneIn(3) ? mutator.damaged(input) : input);
    ::alarm(kHangs);
    const auto start = std::chrono::steady_clock::now();
    const std::string found = finding(path, inputs);
    ::alarm(0);
    const auto took = std::chrono::steady_clock::now() - start;
    if (!found.empty())
        fmt::print("{} of seed {} ({}): {}\n", i, options.seed, seed.name, found);
    else if (took > 2 * kCancelAfter)
        fmt::print("{} of seed {} ({}): took {} ms\n", i, options.seed, seed.name,
                   std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    return found.empty();
}

Options parse(int argc, char** argv) {
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--data")
            options.data.emplace_back(value);
        else if (name == "--seed")
            options.seed = std::stoull(value);
        else if (name == "--first")
            options.first = std::stoull(value);
        else if (name == "--count")
            options.count = std::stoull(value);
        else if (name == "--seconds")
            options.seconds = std::stol(value);
    }
    return options;
}

int run(const Options& options) {
    const TemporaryFolder folder;
    std::vector<Seed> seeds;
    for (const fs::path& data : options.data) {
        if (data.extension() == ".zip") {
            const fs::path unpacked = folder / data.stem();
            for (const auto& [name, bytes] : readZip(data)) {
                fs::create_directories((unpacked / name).parent_path());
                std::ofstream(unpacked / name, std::ios::binary) << bytes;
            }
            addSeeds(unpacked, seeds);
        } else {
            addSeeds(data, seeds);
        }
    }
    if (seeds.empty()) {
        fmt::print(stderr, "no models: give --data\n");
        return 2;
    }
    g_seedText = std::to_string(options.seed);
    for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGALRM})
        std::signal(signal, onSignal);
    const auto start = std::chrono::steady_clock::now();
    uint64_t findings = 0;
    uint64_t done = 0;
    for (uint64_t i = options.first; done < options.count; ++i, ++done) {
        if (options.seconds > 0 &&
            std::chrono::steady_clock::now() - start > std::chrono::seconds(options.seconds))
            break;
        g_iteration = i;
        findings += runIteration(options, seeds, i, folder / "mutant.onnx") ? 0 : 1;
    }
    fmt::print("{} mutants of {} models, {} findings\n", done, seeds.size(), findings);
    return findings == 0 && done > 0 ? 0 : 1;
}

}  // namespace
}  // namespace clipscope::fuzz

int main(int argc, char** argv) {
    ::setenv("CLIPSCOPE_MEMORY_GIB", "0.25", 1);
    return clipscope::fuzz::run(clipscope::fuzz::parse(argc, argv));
}
