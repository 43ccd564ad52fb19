// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QWidget>

#include "widgets/inspector/figure_label.h"

namespace clipscope::widgets {

/// The first line of a TensorRT cache: as text, and by version and algorithm.
class HeaderEditor : public QWidget {
    Q_OBJECT

public:
    explicit HeaderEditor(QWidget* parent = nullptr);

    QString header() const { return m_text->text(); }
    /// What the export writes unless it is changed here; it may come from a cache that was read.
    void setDefault(const QString& header, bool isRead);
    /// What a first line cannot hold; empty where all is well.
    QString problem() const;

signals:
    void changed();

private:
    void showParts();
    void takeParts();
    void showNote();

    QLineEdit* m_text;
    QComboBox* m_version;
    QComboBox* m_algorithm;
    FigureLabel* m_note;
    QString m_default;
    bool m_isRead = false;
};

}  // namespace clipscope::widgets
