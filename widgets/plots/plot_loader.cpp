// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_loader.h"

namespace clipscope::widgets {
namespace {

constexpr size_t kAffinePoints = 192;  ///< on either side of 0
constexpr size_t kSources = 64;        ///< kept; about 1 MB each
constexpr size_t kCurves = 1024;       ///< kept; about 30 KB each
constexpr size_t kNearest = 32;        ///< of the tensors to prepare: their sources too

using Statistics = std::shared_ptr<const histogram::TensorStatistics>;

/// Keeps the session alive.
Statistics statisticsOf(const std::shared_ptr<const session::Session>& session, int tensor) {
    return {session, &session->tensors[static_cast<size_t>(tensor)].statistics};
}

/// Of one tensor.
struct Prepared {
    std::shared_ptr<const PlotSource> source;  ///< null where only the curves were wanted
    std::shared_ptr<const session::TensorPlots> curves;
};

}  // namespace

PlotLoader::PlotLoader(QObject* parent)
    : QObject(parent),
      m_sources(kSources),
      m_curves(kCurves),
      m_ahead(nullptr, QThread::IdlePriority) {}

std::shared_ptr<const PlotSource> PlotLoader::source(
    int tensor, const std::shared_ptr<const session::Session>& session) {
    std::shared_ptr<const PlotSource> source = m_sources.find(tensor);
    if (!source)
        source = makePlotSource(statisticsOf(session, tensor));
    m_sources.keep(tensor, source);
    return source;
}

void PlotLoader::requestCurves(int tensor, const session::Session& session) {
    const auto source = m_sources.find(tensor);
    if (!source)
        return;
    m_ahead.cancel();
    // The method by value: edits change the session while a job runs.
    m_requested.start(
        [statistics = source->statistics, method = session.method, parameters = session.parameters](
            const CancellationToken& cancel, const ProgressSink&) {
            return std::make_shared<const session::TensorPlots>(
                session::computeTensorPlots(*statistics, method, parameters, cancel));
        },
        [this, tensor](std::shared_ptr<const session::TensorPlots> curves) {
            m_curves.keep(tensor, std::move(curves));
            emit curvesReady(tensor);
            prepareNext();
        },
        [this, tensor](const QString& message) {
            emit failed(tensor, message);
            prepareNext();
        });
}

void PlotLoader::prepare(const std::vector<int>& tensors,
                         std::shared_ptr<const session::Session> session) {
    m_next.clear();
    for (size_t i = 0; i < tensors.size(); ++i) {
        const bool wantsSource = i < kNearest && !m_sources.find(tensors[i]);
        if (wantsSource || !m_curves.find(tensors[i]))
            m_next.push_back({tensors[i], wantsSource});
    }
    m_session = std::move(session);
    m_ahead.cancel();
    prepareNext();
}

void PlotLoader::prepareNext() {
    if (m_next.empty() || m_requested.isRunning())
        return;
    const auto [tensor, wantsSource] = m_next.front();
    m_next.pop_front();
    auto work = [statistics = statisticsOf(m_session, tensor), wantsSource = wantsSource,
                 curves = m_curves.find(tensor), method = m_session->method,
                 parameters = m_session->parameters](const CancellationToken& cancel,
                                                     const ProgressSink&) {
        Prepared prepared{wantsSource ? makePlotSource(statistics) : nullptr, curves};
        if (!curves)
            prepared.curves = std::make_shared<const session::TensorPlots>(
                session::computeTensorPlots(*statistics, method, parameters, cancel));
        return prepared;
    };
    auto done = [this, tensor = tensor](const Prepared& prepared) {
        if (prepared.source)
            m_sources.keep(tensor, prepared.source);
        m_curves.keep(tensor, prepared.curves);
        prepareNext();
    };
    // Who selects the tensor is told what is wrong with it.
    m_ahead.start(std::move(work), done, [this](const QString&) { prepareNext(); });
}

void PlotLoader::requestAffine(int tensor, double lo, double hi) {
    const auto source = m_sources.find(tensor);
    if (!source)
        return;
    m_affine.post(
        [source, lo, hi](const CancellationToken&, const ProgressSink&) {
            return std::make_shared<const session::ErrorPlot>(
                session::affineErrorPlot(source->density, lo, hi, kAffinePoints));
        },
        [this, tensor](std::shared_ptr<const session::ErrorPlot> errors) {
            emit affineReady(tensor, std::move(errors));
        },
        [this, tensor](const QString& message) { emit failed(tensor, message); });
}

void PlotLoader::clear() {
    m_requested.cancel();
    m_affine.cancel();
    m_ahead.cancel();
    m_next.clear();
    m_session.reset();
    m_sources.clear();
    m_curves.clear();
}

}  // namespace clipscope::widgets
