// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <deque>
#include <memory>
#include <vector>

#include "widgets/plots/latest_job.h"
#include "widgets/plots/plot_source.h"

namespace clipscope::widgets {

/// Computes what the plots show away from the GUI thread, of the tensors that may be shown next
/// too, and keeps it for a while.
class PlotLoader : public QObject {
    Q_OBJECT

public:
    explicit PlotLoader(QObject* parent = nullptr);

    /// At once; makes the densities where they are not kept. Throws Error where the bins are read
    /// now and cannot be.
    std::shared_ptr<const PlotSource> source(
        int tensor, const std::shared_ptr<const session::Session>& session);
    /// Null while they are not computed.
    std::shared_ptr<const session::TensorPlots> curves(int tensor) { return m_curves.find(tensor); }

    /// Starts computing the curves of a tensor whose source was made, instead of another's.
    void requestCurves(int tensor, const session::Session& session);
    /// Follows a drag: the latest range wins.
    void requestAffine(int tensor, double lo, double hi);
    /// Computes those of these tensors that are not kept, in this order, when nothing that was
    /// requested waits and the processor has nothing else to do; instead of the ones named before.
    void prepare(const std::vector<int>& tensors, std::shared_ptr<const session::Session> session);
    void clear();
    /// What was requested is there.
    bool isIdle() const { return !m_requested.isRunning() && !m_affine.isRunning(); }
    bool isPrepared() const { return isIdle() && !m_ahead.isRunning(); }

signals:
    void curvesReady(int tensor);
    void affineReady(int tensor, std::shared_ptr<const clipscope::session::ErrorPlot> errors);
    void failed(int tensor, const QString& message);

private:
    struct Ahead {
        int tensor;
        bool wantsSource;
    };
    void prepareNext();

    RecentTensors<std::shared_ptr<const PlotSource>> m_sources;
    RecentTensors<std::shared_ptr<const session::TensorPlots>> m_curves;
    JobRunner m_requested;
    LatestJob m_affine;
    JobRunner m_ahead;
    std::deque<Ahead> m_next;
    std::shared_ptr<const session::Session> m_session;  ///< that m_next belongs to
};

}  // namespace clipscope::widgets
