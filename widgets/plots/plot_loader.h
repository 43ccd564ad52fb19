// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>

#include "widgets/plots/latest_job.h"
#include "widgets/plots/plot_source.h"

namespace clipscope::widgets {

/// Computes what the plots show away from the GUI thread, and keeps the curves of the tensors shown
/// lately.
class PlotLoader : public QObject {
    Q_OBJECT

public:
    explicit PlotLoader(QObject* parent = nullptr);

    /// At once; makes the density on first use.
    std::shared_ptr<const PlotSource> source(
        int tensor, const std::shared_ptr<const session::Session>& session);
    /// Null while they are not computed.
    std::shared_ptr<const session::TensorPlots> curves(int tensor);

    /// Starts computing the curves of a tensor whose source was made, instead of another's.
    void requestCurves(int tensor, const session::Session& session);
    /// Follows a drag: the latest range wins.
    void requestAffine(int tensor, double lo, double hi);
    void clear();
    bool isIdle() const { return !m_curves.isRunning() && !m_affine.isRunning(); }

signals:
    void curvesReady(int tensor);
    void affineReady(int tensor, std::shared_ptr<const clipscope::session::ErrorPlot> errors);
    void failed(int tensor, const QString& message);

private:
    PlotCache m_cache;
    JobRunner m_curves;
    LatestJob m_affine;
};

}  // namespace clipscope::widgets
