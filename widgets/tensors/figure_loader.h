// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "analysis/session/tensor_figures.h"
#include "widgets/document/document.h"
#include "widgets/document/job_runner.h"

namespace clipscope::widgets {

/// Computes what the table shows of each tensor away from the GUI thread: first what was changed,
/// then what is seen, then the rest, so that a session of any size opens at once.
class FigureLoader : public QObject {
    Q_OBJECT

public:
    struct Entry {
        bool hasFigures = false;  ///< of the setting that is shown; else those before or none
        session::TensorFigures figures;
        std::optional<double> gainDb;  ///< of an affine range; see needGains()
        bool hasGain = false;
        std::shared_ptr<const session::Sparkline> sparkline;  ///< null: not there yet
        std::string problem;  ///< why its bins cannot be read; else ""
    };

    explicit FigureLoader(Document& document, QObject* parent = nullptr);

    /// Begins with the document's session. Where it is the same one with other settings, what
    /// depends on the values alone stays.
    void restart();
    const Entry& entry(int tensor) const { return m_entries[static_cast<size_t>(tensor)]; }
    /// Whether the tensor has figures at all: a distribution and a scale.
    bool expects(int tensor) const;
    /// These are seen: they come next.
    void prefer(std::vector<int> tensors);
    /// The setting shown for the tensor changed.
    void refresh(int tensor);
    /// The gain of affine ranges costs much more than the rest: only computed once asked for.
    void needGains();
    bool isDone() const { return !m_runner.isRunning(); }

signals:
    /// Tensors [first, last] have new figures, maybe others between them not.
    void loaded(int first, int last);

private:
    struct Task {
        int tensor = 0;
        int revision = 0;
        session::Setting setting;
        bool wantsSparkline = false;
        bool wantsGain = false;
        std::shared_ptr<const quantization::Density> density;  ///< where it is still known
    };
    struct Result {
        Task task;
        Entry entry;
    };

    static Result compute(const session::Session& session, Task task);
    static void measure(const session::Session& session, Result& result);
    bool isComplete(int tensor) const;
    std::vector<int> nextBatch();
    void work();
    void take(std::vector<Result> results);

    Document& m_document;
    JobRunner m_runner;
    std::shared_ptr<const session::Session> m_session;
    std::vector<Entry> m_entries;  ///< by tensor
    std::vector<int> m_revisions;  ///< of the setting shown
    std::deque<int> m_changed;     ///< first in, first out
    std::vector<int> m_preferred;
    size_t m_next = 0;  ///< of the rest
    bool m_needsGains = false;
    int m_lastTensor = -1;  ///< that m_lastDensity belongs to: a drag asks for it again
    std::shared_ptr<const quantization::Density> m_lastDensity;
};

}  // namespace clipscope::widgets
