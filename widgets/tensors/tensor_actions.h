// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QObject>
#include <QTimer>
#include <functional>
#include <memory>

#include "widgets/document/job_runner.h"
#include "widgets/tensors/tensor_table.h"

class QMenu;

namespace clipscope::widgets {

/// What can be done to the selected tensors, as actions for menus and keys; all but looking and
/// copying are undoable, one step for all of them.
class TensorActions : public QObject {
    Q_OBJECT

public:
    TensorActions(Document& document, TensorTable& table);
    ~TensorActions() override;

    /// In the order of a menu, separators among them.
    const QList<QAction*>& all() const { return m_all; }
    QMenu* contextMenu() const { return m_contextMenu.get(); }
    void popUpMethods(const QPoint& globalPosition);

signals:
    /// What went wrong, in words for the user.
    void failed(const QString& message);

private:
    QAction* add(const char* name, const QString& text, const QString& tooltip,
                 const QList<QKeySequence>& keys = {});
    QAction* addSeparator(const char* name);
    QMenu* addMethodMenu(const char* name, const QString& title, bool wholeGroup);
    void applyMethod(const std::string& id, bool wholeGroup);
    void write(const std::vector<int>& tensors, const std::vector<session::Setting>& settings,
               bool wholeGroup, const QString& text);
    void toggleFloat(bool wholeGroup);
    void reset(bool wholeGroup);
    /// Calls `each` for the tensors as one undoable step.
    void asOneStep(const std::vector<int>& tensors, const QString& text,
                   const std::function<void(int)>& each);
    std::vector<int> chosen(const std::function<bool(const session::TensorEntry&)>& wanted) const;
    void updateEnabled();

    Document& m_document;
    TensorTable& m_table;
    JobRunner m_runner;
    QTimer m_updateTimer;  ///< one update for the many edits of an undone step
    std::unique_ptr<QMenu> m_methods;
    std::unique_ptr<QMenu> m_groupMethods;
    std::unique_ptr<QMenu> m_contextMenu;
    QAction* m_float = nullptr;
    QAction* m_groupFloat = nullptr;
    QAction* m_reset = nullptr;
    QAction* m_groupReset = nullptr;
    QAction* m_copy = nullptr;
    QList<QAction*> m_all;
};

}  // namespace clipscope::widgets
