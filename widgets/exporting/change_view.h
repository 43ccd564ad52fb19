// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QPlainTextEdit>
#include <QTableView>
#include <QWidget>

#include "widgets/exporting/change_model.h"
#include "widgets/inspector/figure_label.h"

class QButtonGroup;
class QStackedWidget;

namespace clipscope::widgets {

/// What an export will change: a table of lines old and new, or the very bytes.
class ChangeView : public QWidget {
    Q_OBJECT

public:
    enum Mode { Context, All, Text };

    explicit ChangeView(QWidget* parent = nullptr);

    void setPreview(const std::shared_ptr<const session::ExportPreview>& preview);
    /// Offers a comparison with the file that is there; `name` is empty where there is none.
    void setFile(const QString& name, bool isCompared);
    void setMode(Mode mode);
    ChangeModel& model() { return *m_model; }

signals:
    /// The user wants to compare with the file that is there, or with the originals.
    void comparedWithFile(bool isCompared);

private:
    void makeTable();
    QWidget* makeHead();
    void spanSkipped();

    std::shared_ptr<const session::ExportPreview> m_preview;
    ChangeModel* m_model;
    QComboBox* m_against;
    FigureLabel* m_count;
    QButtonGroup* m_modes;
    QStackedWidget* m_stack;
    QTableView* m_table;
    QPlainTextEdit* m_text;
};

}  // namespace clipscope::widgets
