// SPDX-License-Identifier: GPL-3.0-or-later
// The tensor table over a session of 10,000 tensors, drawn offscreen at 630x860.
#include <QElapsedTimer>
#include <QImage>
#include <QScrollBar>
#include <QTest>
#include <algorithm>
#include <random>

#include <benchmark/benchmark.h>

#include "analysis/session/session_file.h"
#include "analysis/session/thresholds.h"
#include "tests/benchmarks/gui_application.h"
#include "tests/temporary_folder.h"
#include "widgets/tensors/tensors_pane.h"

namespace clipscope {
namespace {

constexpr int kTensors = 10000;
constexpr int kValues = 500;
constexpr int64_t kSamples = 8;

/// Written once; a file as calibrate writes it, with fewer values a tensor.
const std::filesystem::path& sessionFile() {
    static const TemporaryFolder folder;
    static const std::filesystem::path path = folder / "many.clipscope";
    if (std::filesystem::exists(path))
        return path;
    session::Session session;
    session.modelName = "many.onnx";
    for (int64_t i = 0; i < kSamples; ++i)
        session.samples.push_back("x.npy#" + std::to_string(i));
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> values(kValues);
    for (int i = 0; i < kTensors; ++i) {
        session::TensorEntry tensor;
        tensor.name = "/layer" + std::to_string(i / 10) + "/conv" + std::to_string(i) + "/Conv";
        tensor.op = "Conv";
        tensor.type = DType::Float32;
        tensor.shape = {1, 64, 56, 56};
        std::ranges::generate(values, [&] { return normal(random); });
        tensor.statistics.histogram.add(values);
        const float amax = tensor.statistics.histogram.amax();
        for (int64_t sample = 0; sample < kSamples; ++sample)
            tensor.statistics.sampleAmax.push_back({sample, amax});
        tensor.statistics.channels.assign(64, {-amax, amax});
        tensor.original = tensor.current =
            session::symmetricSetting(static_cast<double>(amax), "minmax");
        session.tensors.push_back(std::move(tensor));
    }
    session::saveSession(session, path);
    return path;
}

void paint(QWidget& widget) {
    QImage image(widget.size(), QImage::Format_ARGB32_Premultiplied);
    widget.render(&image);
    benchmark::DoNotOptimize(image.bits());
}

std::shared_ptr<session::Session> load() {
    return std::make_shared<session::Session>(
        session::loadSession(sessionFile(), session::Loading::OnDemand));
}

/// From the file to the first picture; the counter: until the figures of the visible rows show.
void tableOpens(benchmark::State& state) {
    startApplication();
    sessionFile();
    double loading = 0;
    double figures = 0;
    for (auto _ : state) {
        QElapsedTimer timer;
        timer.start();
        widgets::Document document;
        widgets::TensorsPane pane(document);
        pane.resize(630, 860);
        pane.show();
        auto session = load();
        loading += timer.elapsed();
        document.setSession(std::move(session), "many.clipscope");
        paint(pane);
        state.SetIterationTime(static_cast<double>(timer.nsecsElapsed()) * 1e-9);
        if (!QTest::qWaitFor([&] { return pane.model().loader().entry(20).hasFigures; }, 10000))
            state.SkipWithError("no figures came");
        figures += timer.elapsed();
    }
    state.counters["load_ms"] = benchmark::Counter(loading, benchmark::Counter::kAvgIterations);
    state.counters["figures_ms"] = benchmark::Counter(figures, benchmark::Counter::kAvgIterations);
}
BENCHMARK(tableOpens)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(5);

struct OpenTable {
    widgets::Document document;
    widgets::TensorsPane pane{document};
    bool isReady = false;

    OpenTable() {
        pane.resize(630, 860);
        pane.show();
        document.setSession(load(), "many.clipscope");
        isReady = QTest::qWaitFor([&] { return pane.model().loader().isDone(); }, 120000);
        paint(pane);
    }
};

/// One page further, to the finished picture; the counter: 99th percentile.
void tableScrolls(benchmark::State& state) {
    startApplication();
    OpenTable table;
    if (!table.isReady)
        return state.SkipWithError("no figures came");
    QScrollBar* bar = table.pane.table()->verticalScrollBar();
    std::vector<double> times;
    for (auto _ : state) {
        QElapsedTimer timer;
        timer.start();
        const int next = bar->value() + bar->pageStep();
        bar->setValue(next > bar->maximum() ? 0 : next);
        paint(table.pane);
        times.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
    }
    std::ranges::sort(times);
    state.counters["p99_ms"] = times[times.size() * 99 / 100];
}
BENCHMARK(tableScrolls)->Unit(benchmark::kMillisecond)->Iterations(400);

void tableFilters(benchmark::State& state) {
    startApplication();
    OpenTable table;
    if (!table.isReady)
        return state.SkipWithError("no figures came");
    bool isOn = false;
    for (auto _ : state) {
        isOn = !isOn;
        table.pane.setFilterText(isOn ? "conv77 sqnr<50 op:Conv" : "");
        paint(table.pane);
    }
}
BENCHMARK(tableFilters)->Unit(benchmark::kMillisecond)->Iterations(40);

void tableSorts(benchmark::State& state) {
    startApplication();
    OpenTable table;
    if (!table.isReady)
        return state.SkipWithError("no figures came");
    Qt::SortOrder order = Qt::AscendingOrder;
    for (auto _ : state) {
        order = order == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder;
        table.pane.proxy().sort(index(widgets::TensorColumn::Sqnr), order);
        paint(table.pane);
    }
}
BENCHMARK(tableSorts)->Unit(benchmark::kMillisecond)->Iterations(20);

}  // namespace
}  // namespace clipscope
