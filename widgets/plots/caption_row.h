// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <qcustomplot.h>

namespace clipscope::widgets {

/// A line of text above a plot: at the left its series with their pens and values at T, at the
/// right what to compare them with. Changes show when its layer is replotted; its height is fixed.
class CaptionRow : public QCPLayoutElement {
    Q_OBJECT

public:
    struct Entry {
        QString text;
        QPen pen;  ///< of the sample line before the text; its colour is the text's
    };

    /// Aligned with the plot under it.
    CaptionRow(QCustomPlot* plot, const QCPAxisRect* under);
    const std::vector<Entry>& entries() const { return m_entries; }
    const QString& right() const { return m_right; }
    void setContent(std::vector<Entry> entries, const QString& right, const QColor& rightColor);

protected:
    void draw(QCPPainter* painter) override;
    QRect clipRect() const override { return rect(); }

private:
    const QCPAxisRect* m_under;
    std::vector<Entry> m_entries;
    QString m_right;
    QColor m_rightColor;
};

}  // namespace clipscope::widgets
