// SPDX-License-Identifier: GPL-3.0-or-later
// The plots of a tensor, drawn offscreen at 1600x900: 20 tensors of 4 M values each.
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <ctime>
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
        // Without the pauses of QTest::qWaitFor, which would be measured too.
        while (!page.isComplete())
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
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

/// Wall time, and the processor's time of the GUI thread, which a busy machine disturbs less.
class Times {
public:
    void start() {
        m_timer.start();
        m_cpuStart = cpu();
    }
    double stop() {
        m_cpu.push_back(cpu() - m_cpuStart);
        m_wall.push_back(static_cast<double>(m_timer.nsecsElapsed()) * 1e-6);
        return m_wall.back();
    }
    void report(benchmark::State& state) {
        std::ranges::sort(m_wall);
        std::ranges::sort(m_cpu);
        state.counters["p50_ms"] = m_wall[m_wall.size() / 2];
        state.counters["p99_ms"] = m_wall[m_wall.size() * 99 / 100];
        state.counters["cpu_p99_ms"] = m_cpu[m_cpu.size() * 99 / 100];
    }

private:
    static double cpu() {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
    }

    QElapsedTimer m_timer;
    double m_cpuStart = 0;
    std::vector<double> m_wall;
    std::vector<double> m_cpu;
};

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
    Times times;
    int step = 0;
    for (auto _ : state) {
        times.start();
        ++step;
        shown.send(QEvent::MouseMove, from - QPointF(1 + std::abs(step % 400 - 200), 0));
        finishPainting();
        times.stop();
    }
    shown.send(QEvent::MouseButtonRelease, from);
    times.report(state);
}
BENCHMARK_CAPTURE(plotsDrag, symmetric, false)->Unit(benchmark::kMillisecond)->Iterations(1500);
BENCHMARK_CAPTURE(plotsDrag, affine, true)->Unit(benchmark::kMillisecond)->Iterations(1500);

/// A movement of the cursor alone.
void plotsHover(benchmark::State& state) {
    startApplication();
    ShownPage shown;
    const QRect rect = shown.page.plots().frame().rects.histogram->rect();
    Times times;
    int step = 0;
    for (auto _ : state) {
        times.start();
        shown.send(QEvent::MouseMove,
                   QPointF(rect.left() + step++ % rect.width(), rect.center().y()));
        finishPainting();
        times.stop();
    }
    times.report(state);
}
BENCHMARK(plotsHover)->Unit(benchmark::kMillisecond)->Iterations(1500);

enum class Before { Shown, Prepared, Nothing };

/// Another tensor, to its finished plots with all curves: one that was shown before, one that the
/// window prepared while another was looked at, or one that nothing is known of.
void plotsSelect(benchmark::State& state, Before before) {
    startApplication();
    ShownPage shown;
    for (int i = 0; i < kTensors && before == Before::Shown; ++i) {
        shown.document.select(i);
        shown.await();
    }
    Times times;
    for (auto _ : state) {
        // Once round the tensors with each session.
        const int next = (shown.document.selected() + 1) % kTensors;
        if (next == 0 && before != Before::Shown)
            shown.document.setSession(manyValues(), "plots.clipscope");
        if (before == Before::Nothing)
            shown.document.setSession(manyValues(), "plots.clipscope");
        else if (!QTest::qWaitFor([&] { return shown.page.isPrepared(); }, kTimeout))
            throw std::runtime_error("the curves were not prepared");
        finishPainting();
        times.start();
        shown.document.select(next);
        shown.await();
        state.SetIterationTime(times.stop() * 1e-3);
    }
    times.report(state);
}
BENCHMARK_CAPTURE(plotsSelect, shown, Before::Shown)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(400);
BENCHMARK_CAPTURE(plotsSelect, prepared, Before::Prepared)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(400);
BENCHMARK_CAPTURE(plotsSelect, nothing, Before::Nothing)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(100);

}  // namespace
}  // namespace clipscope
