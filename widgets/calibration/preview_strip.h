// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QWidget>

#include "analysis/session/sample_preview.h"
#include "widgets/document/job_runner.h"

namespace clipscope::widgets {

/// The first samples as the model gets them, with their figures: whether a recipe is right is seen
/// before anything runs.
class PreviewStrip : public QWidget {
    Q_OBJECT

public:
    explicit PreviewStrip(QWidget* parent = nullptr);

    /// Reads the samples of a request away from the GUI thread; an empty model or no data clears.
    void setRequest(const std::filesystem::path& model, const session::SampleRequest& request);
    bool isComplete() const { return !m_jobs.isRunning(); }
    const session::SamplePreview& preview() const { return m_preview; }
    QString problem() const { return m_problem; }

signals:
    void previewChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

private:
    void take(session::SamplePreview preview, const QString& problem);
    void drawItem(QPainter& painter, const QRect& cell,
                  const session::SamplePreview::Item& item) const;

    JobRunner m_jobs;
    session::SamplePreview m_preview;
    QString m_problem;
};

}  // namespace clipscope::widgets
