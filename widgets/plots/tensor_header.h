// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "widgets/plots/page_actions.h"

class QCheckBox;
class QToolButton;

namespace clipscope::widgets {

/// The row above the plots: which tensor, and how it is shown.
class TensorHeader : public QWidget {
    Q_OBJECT

public:
    TensorHeader(const PageActions& actions, QWidget* parent);
    /// "res5b_branch2c", "Conv, 2048×7×7".
    void setTensor(const QString& name, const QString& description);
    /// Hidden where there is nothing to plot.
    void setControlsShown(bool shown);
    QString name() const { return m_name; }
    QString description() const { return m_description; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    void restyle();
    QToolButton* makeSegment(const char* name, const QString& text, const QString& tip);
    QCheckBox* makeBox(const char* name, const QString& text, QAction* action);

    QString m_name;
    QString m_description;
    QWidget* m_controls;
    QToolButton* m_symmetric;
    QToolButton* m_affine;
    QToolButton* m_explain;
};

}  // namespace clipscope::widgets
