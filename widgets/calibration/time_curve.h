// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPolygonF>
#include <QWidget>

namespace clipscope::widgets {

/// A small curve over the time of a run, from 0, with its title and latest value.
class TimeCurve : public QWidget {
    Q_OBJECT

public:
    TimeCurve(const QString& title, QWidget* parent = nullptr);

    /// Points (seconds, value), ascending; `latest` is the value with its unit.
    void setPoints(const QPolygonF& points, const QString& latest);
    QSize sizeHint() const override { return {280, 104}; }
    QSize minimumSizeHint() const override { return {160, 80}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_title;
    QString m_latest;
    QPolygonF m_points;
};

/// "0.5", "150", "2,000": beside a line of the grid.
QString axisText(double value);

}  // namespace clipscope::widgets
