// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QWidget>

#include "analysis/session/live.h"

namespace clipscope::widgets {

/// Fills the bins as steps, counts on a logarithmic axis; `target` spans the view and one count to
/// the largest.
void drawSteps(QPainter& painter, const QRectF& target, const session::LiveTensor& tensor);

/// A small histogram that grows, with its axes and amax.
class MiniHistogram : public QWidget {
    Q_OBJECT

public:
    explicit MiniHistogram(QWidget* parent = nullptr);

    /// `growing`: amax rose lately. Null: nothing yet.
    void setTensor(const QString& name, const session::LiveTensor* tensor, bool growing);
    QSize sizeHint() const override { return {220, 140}; }
    QSize minimumSizeHint() const override { return {140, 96}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void drawHead(QPainter& painter, const QRectF& head) const;
    void drawAxes(QPainter& painter, const QRectF& plot) const;

    QString m_name;
    session::LiveTensor m_tensor;
    bool m_hasValues = false;
    bool m_isGrowing = false;
};

}  // namespace clipscope::widgets
