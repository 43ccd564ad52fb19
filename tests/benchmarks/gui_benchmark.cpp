// SPDX-License-Identifier: GPL-3.0-or-later
// The plots of a tensor, drawn offscreen at 1600x900: 20 tensors of 4 M values each.
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include "analysis/session/thresholds.h"
#include "tests/benchmarks/gui_application.h"
#include "widgets/plots/tensor_page.h"

namespace clipscope {
namespace {

constexpr int kTensors = 20;
constexpr size_t kValues = 4'000'000;
constexpr int kTimeout = 60000;  ///< ms

/// Heavy tails on both sides, or cut off below 0 as an activation does.
std::vector<float> valuesOf(int tensor) {
    std::mt19937 random(static_cast<uint32_t>(tensor + 1));
    std::exponential_distribution<float> tail(1.0f / (1.0f + static_cast<float>(tensor)));
    std::vector<float> values(kValues);
    for (float& value : values) {
        const float x = (random() & 1) != 0 ? tail(random) : -tail(random);
        value = tensor % 2 == 0 ? x : x / (1 + std::exp(-x));
    }
    return values;
}

std::shared_ptr<session::Session> manyValues() {
    static const session::Session kMade = [] {
        session::Session made;
        made.modelName = "plots.onnx";
        made.samples = {"x.npy#0"};
        for (int i = 0; i < kTensors; ++i) {
            session::TensorEntry tensor;
            tensor.name = "conv" + std::to_string(i);
            tensor.op = "Conv";
            tensor.type = DType::Float32;
            tensor.shape = {1, 64, 250, 250};
            tensor.statistics.histogram.add(valuesOf(i));
            made.tensors.push_back(std::move(tensor));
        }
        session::computeThresholds(made, threshold::findMethod("entropy"), {}, false);
        return made;
    }();
    return std::make_shared<session::Session>(kMade);
}

/// Until everything asked for is drawn.
void finishPainting() {
    QApplication::processEvents();
}

struct ShownPage {
    widgets::Document document;
    widgets::TensorPage page{document};

    ShownPage() {
        page.resize(1600, 900);
        page.show();
        document.setSession(manyValues(), "plots.clipscope");
        await();
    }
    void await() {
        if (!QTest::qWaitFor([this] { return page.isComplete(); }, kTimeout))
            throw std::runtime_error("the curves did not come");
        finishPainting();
    }
    void send(QEvent::Type type, const QPointF& at) {
        widgets::PlotStack& plots = page.plots();
        QMouseEvent event(type, at, plots.mapToGlobal(at),
                          type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton,
                          type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton,
                          Qt::AltModifier);
        QApplication::sendEvent(&plots, &event);
    }
};

void report(benchmark::State& state, std::vector<double>& times) {
    std::ranges::sort(times);
    state.counters["p50_ms"] = times[times.size() / 2];
    state.counters["p99_ms"] = times[times.size() * 99 / 100];
}

double elapsed(const QElapsedTimer& timer) {
    return static_cast<double>(timer.nsecsElapsed()) * 1e-6;
}

/// A movement of the mouse with a handle in it, to the finished picture.
void plotsDrag(benchmark::State& state, bool isAffine) {
    startApplication();
    ShownPage shown;
    shown.document.select(2);
    if (isAffine)
        shown.document.edit(2, session::affineSetting(-20, 20, "manual"), false, "T");
    shown.await();
    const widgets::PlotFrame& frame = shown.page.plots().frame();
    const QPointF from(shown.page.plots().overlay().pixelOf(session::RangeEnd::High),
                       frame.rects.histogram->center().y());
    shown.send(QEvent::MouseButtonPress, from);
    std::vector<double> times;
    int step = 0;
    for (auto _ : state) {
        QElapsedTimer timer;
        timer.start();
        ++step;
        shown.send(QEvent::MouseMove, from - QPointF(1 + std::abs(step % 400 - 200), 0));
        finishPainting();
        times.push_back(elapsed(timer));
    }
    shown.send(QEvent::MouseButtonRelease, from);
    report(state, times);
}
BENCHMARK_CAPTURE(plotsDrag, symmetric, false)->Unit(benchmark::kMillisecond)->Iterations(1500);
BENCHMARK_CAPTURE(plotsDrag, affine, true)->Unit(benchmark::kMillisecond)->Iterations(1500);

/// A movement of the cursor alone.
void plotsHover(benchmark::State& state) {
    startApplication();
    ShownPage shown;
    const QRect rect = shown.page.plots().frame().rects.histogram->rect();
    std::vector<double> times;
    int step = 0;
    for (auto _ : state) {
        QElapsedTimer timer;
        timer.start();
        shown.send(QEvent::MouseMove,
                   QPointF(rect.left() + step++ % rect.width(), rect.center().y()));
        finishPainting();
        times.push_back(elapsed(timer));
    }
    report(state, times);
}
BENCHMARK(plotsHover)->Unit(benchmark::kMillisecond)->Iterations(1500);

/// Another tensor, to its finished plots; `isCached`: its curves are kept, else they come later.
void plotsSelect(benchmark::State& state, bool isCached) {
    startApplication();
    ShownPage shown;
    for (int i = 0; i < kTensors; ++i) {
        shown.document.select(i);
        shown.await();
    }
    std::vector<double> times;
    int next = 0;
    for (auto _ : state) {
        if (!isCached && next == 0) {
            shown.document.setSession(manyValues(), "plots.clipscope");
            shown.await();
        }
        next = (next + 1) % kTensors;
        QElapsedTimer timer;
        timer.start();
        shown.document.select(next);
        finishPainting();
        times.push_back(elapsed(timer));
        state.SetIterationTime(times.back() * 1e-3);
        shown.await();
    }
    report(state, times);
}
BENCHMARK_CAPTURE(plotsSelect, cached, true)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(400);
BENCHMARK_CAPTURE(plotsSelect, first, false)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(200);

}  // namespace
}  // namespace clipscope
