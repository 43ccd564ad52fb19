// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;

namespace clipscope::widgets {

/// The place that says what can be dropped. It only shows it: the page takes the drop, anywhere.
class DropArea : public QFrame {
    Q_OBJECT

public:
    explicit DropArea(QWidget* parent = nullptr);

    /// While a drag that can be taken hovers over the page.
    void setHighlighted(bool highlighted);
    bool isHighlighted() const { return m_isHighlighted; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void applyColors();

    QLabel* m_icon;
    QList<QLabel*> m_lines;
    bool m_isHighlighted = false;
};

}  // namespace clipscope::widgets
