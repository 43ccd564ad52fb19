// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <memory>

#include "analysis/session/divergence_view.h"
#include "widgets/plots/latest_job.h"
#include "widgets/plots/plot_source.h"

class QCPGraph;
class QCPItemRect;
class QCustomPlot;
class QLabel;
class QTableWidget;

namespace clipscope::widgets {

/// The answer to "how does it compute the divergence?": P and Q of one candidate, how many values
/// were folded into P's last bin, and which bins contribute most.
class DivergencePanel : public QWidget {
    Q_OBJECT

public:
    explicit DivergencePanel(QWidget* parent = nullptr);

    /// Explains the candidate nearest to `threshold`, when it was computed; the latest wins. `atT`:
    /// it is the current threshold, else the one under the cursor.
    void explain(const std::shared_ptr<const PlotSource>& source,
                 const std::shared_ptr<const session::TensorPlots>& curves, double threshold,
                 bool atT);
    void clear(const QString& why);
    /// What is shown; without bins while nothing is.
    const session::DivergenceView& shown() const { return m_view; }
    bool isIdle() const { return !m_job.isRunning(); }

private:
    void show(session::DivergenceView view, bool atT);
    void restyle();
    void fillPlot();
    void fillTable();
    void fillTexts(bool atT);

    LatestJob m_job;
    std::shared_ptr<const session::TensorPlots> m_curves;  ///< that m_candidate belongs to
    int m_candidate = -1;                                  ///< asked for last
    session::DivergenceView m_view;

    QLabel* m_title;
    QCustomPlot* m_plot;
    QCPGraph* m_p;
    QCPGraph* m_outliers;  ///< P's last bin
    QCPGraph* m_q;
    QTableWidget* m_table;
    QLabel* m_sentence;
};

}  // namespace clipscope::widgets
