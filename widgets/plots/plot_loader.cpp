// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_loader.h"

namespace clipscope::widgets {
namespace {

constexpr size_t kAffinePoints = 192;  ///< on either side of 0

}  // namespace

PlotLoader::PlotLoader(QObject* parent) : QObject(parent) {}

std::shared_ptr<const PlotSource> PlotLoader::source(
    int tensor, const std::shared_ptr<const session::Session>& session) {
    return m_cache.entry(tensor, session).source;
}

std::shared_ptr<const session::TensorPlots> PlotLoader::curves(int tensor) {
    const PlotEntry* entry = m_cache.find(tensor);
    return entry ? entry->curves : nullptr;
}

void PlotLoader::requestCurves(int tensor, const session::Session& session) {
    const PlotEntry* entry = m_cache.find(tensor);
    if (!entry)
        return;
    // By value: edits change the session while the job runs.
    auto work = [source = entry->source, method = session.method, parameters = session.parameters](
                    const CancellationToken& cancel, const ProgressSink&) {
        return std::make_shared<const session::TensorPlots>(
            session::computeTensorPlots(*source->statistics, method, parameters, cancel));
    };
    auto done = [this, tensor](std::shared_ptr<const session::TensorPlots> curves) {
        if (PlotEntry* kept = m_cache.find(tensor))
            kept->curves = std::move(curves);
        emit curvesReady(tensor);
    };
    m_curves.start(std::move(work), std::move(done),
                   [this, tensor](const QString& message) { emit failed(tensor, message); });
}

void PlotLoader::requestAffine(int tensor, double lo, double hi) {
    const PlotEntry* entry = m_cache.find(tensor);
    if (!entry)
        return;
    m_affine.post(
        [source = entry->source, lo, hi](const CancellationToken&, const ProgressSink&) {
            return std::make_shared<const session::ErrorPlot>(
                session::affineErrorPlot(source->density, lo, hi, kAffinePoints));
        },
        [this, tensor](std::shared_ptr<const session::ErrorPlot> errors) {
            emit affineReady(tensor, std::move(errors));
        },
        [this, tensor](const QString& message) { emit failed(tensor, message); });
}

void PlotLoader::clear() {
    m_curves.cancel();
    m_affine.cancel();
    m_cache.clear();
}

}  // namespace clipscope::widgets
