// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QTimer>
#include <QWidget>

#include "widgets/tensors/tensor_actions.h"
#include "widgets/tensors/tensor_model.h"
#include "widgets/tensors/tensor_proxy.h"
#include "widgets/tensors/tensor_table.h"

class QLabel;
class QLineEdit;
class QStackedWidget;
class QToolButton;

namespace clipscope::widgets {

/// The tensors of the document: filter field ("tensorFilter"), table ("tensorTable") and a line
/// that sums them up ("tensorSummary"). The current row is the document's selected tensor.
class TensorsPane : public QWidget {
    Q_OBJECT

public:
    explicit TensorsPane(Document& document, QWidget* parent = nullptr);

    /// For a menu of the window, in its order; each has a name, a tooltip and (all but submenus) a
    /// key that acts where the table has the focus.
    QList<QAction*> paneActions() const;
    /// Ctrl+F anywhere in the window.
    QAction* filterAction() const { return m_filterAction; }
    TensorTable* table() const { return m_table; }
    TensorModel& model() { return m_model; }
    /// Whether the figures of all rows are there and summed up.
    bool isComplete() const { return m_model.loader().isDone() && !m_summaryTimer.isActive(); }
    TensorProxy& proxy() { return m_proxy; }

    void setFilterText(const QString& text);
    /// Columns, their widths and order, the sorting, what is left out.
    QByteArray saveState() const { return m_table->saveState(); }
    bool restoreState(const QByteArray& state) { return m_table->restoreState(state); }

signals:
    void addSamplesRequested();
    /// What went wrong, in words for the user.
    void failed(const QString& message);

protected:
    void resizeEvent(QResizeEvent* event) override;
    /// Of the filter field: Down and Enter go to the table, Escape clears and goes there.
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeFilterRow();
    QWidget* makeEmptyPage(const char* name, QLabel*& label, const QString& button,
                           const std::function<void()>& act);
    void applyFilter(const QString& text);
    void updateIcons();
    void updatePage();
    void updateSummary();

    Document& m_document;
    TensorModel m_model;
    TensorProxy m_proxy;
    TensorTable* m_table;
    TensorActions* m_actions;
    QAction* m_filterAction;
    QLineEdit* m_filter = nullptr;
    QToolButton* m_columns = nullptr;
    QLabel* m_problem = nullptr;
    QStackedWidget* m_stack = nullptr;
    QLabel* m_noTensors = nullptr;
    QLabel* m_noMatch = nullptr;
    QLabel* m_summary = nullptr;
    QTimer m_summaryTimer;  ///< batches of figures come many times a second
};

}  // namespace clipscope::widgets
