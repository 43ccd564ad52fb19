// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>
#include <vector>

#include "analysis/session/plot_bins.h"
#include "analysis/session/plot_view.h"

namespace clipscope::widgets {

/// The line under the plots: what the cursor reads at the left, the view at the right. Drawn by
/// itself, since a label's layout would cost more than the plots' overlay.
class ReadoutLine : public QWidget {
    Q_OBJECT

public:
    explicit ReadoutLine(QWidget* parent = nullptr);

    /// `ofMagnitude`: the cumulative share is of |x|.
    void setReading(const std::optional<session::PlotReading>& reading, bool ofMagnitude);
    void setView(const session::PlotView& view, double min, double max);
    /// Said in place of the reading for some seconds.
    void showNotice(const QString& text);
    void clear();
    QString leftText() const;
    QString rightText() const { return m_right; }

protected:
    void paintEvent(QPaintEvent* event) override;
    QSize sizeHint() const override;

private:
    struct Part {
        QString name;
        QString value;
    };
    std::vector<Part> m_parts;
    QString m_right;
    QString m_notice;
    QTimer m_noticeEnd;
};

}  // namespace clipscope::widgets
