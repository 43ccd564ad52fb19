// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QUndoStack>
#include <memory>
#include <string>
#include <vector>

#include "analysis/session/session.h"
#include "analysis/session/thresholds.h"

namespace clipscope::widgets {

/// The one document: a session, the selected tensor, the edits. Pages subscribe to it and never
/// speak to each other. Lives on the GUI thread.
class Document : public QObject {
    Q_OBJECT

public:
    explicit Document(QObject* parent = nullptr);

    /// Null while nothing is open.
    const session::Session* session() const { return m_session.get(); }
    /// For work on other threads: what they may read are statistics and originals, never current
    /// settings, which edits change; pass those by value.
    std::shared_ptr<const session::Session> sharedSession() const { return m_session; }
    /// Replaces the session (opening a file, or a calibration that ended); clears the undo stack.
    /// `path` is empty for a calibration that was not saved yet: the document is then modified.
    /// Selects the tensor of the name that was selected before, else the first with a scale.
    void setSession(std::shared_ptr<session::Session> session, const QString& path);
    QString path() const { return m_path; }
    bool isModified() const { return m_isUnsaved || !m_undo.isClean(); }
    void save(const QString& path);  ///< throws clipscope::Error; marks the stack clean
    int editedCount() const;         ///< tensors whose setting is not the method's

    /// Index into Session::tensors; -1 for none.
    int selected() const { return m_selected; }
    void select(int tensor);

    QUndoStack& undoStack() { return m_undo; }

    /// Edits of a tensor as undoable commands. `mergeId` >= 0: consecutive edits with the same id
    /// and tensor become one step (a drag, repeated nudges).
    void edit(int tensor, const session::Setting& setting, bool wholeGroup, const QString& text,
              int mergeId = -1);
    void reset(int tensor, bool wholeGroup);

    /// Another method's thresholds as one undoable step; tensors edited by hand keep their edit.
    /// Views hear of it as of another session.
    void changeMethod(const session::SessionThresholds& choice);

    /// A preview while a handle is dragged: shown by all pages, no step on the stack. Ends with
    /// edit() or cancelPreview().
    void preview(int tensor, const session::Setting& setting);
    void cancelPreview();
    /// What a page shall show for a tensor: the preview where there is one, else the session's.
    const session::Setting& shownSetting(int tensor) const;

signals:
    void sessionChanged();
    void selectionChanged(int tensor);
    void tensorChanged(int tensor);  ///< its setting
    void previewChanged(int tensor);
    void modifiedChanged(bool modified);
    /// What the user should be told of an edit, such as that a group is now split.
    void noted(const QString& text);

private:
    std::vector<int> membersOf(int tensor, bool wholeGroup) const;
    void push(int tensor, bool wholeGroup, const std::vector<session::Setting>& after,
              const QString& text, int mergeId);
    void tellModified();

    std::shared_ptr<session::Session> m_session;
    QString m_path;
    int m_selected = -1;
    QUndoStack m_undo;
    std::vector<std::string> m_notes;  ///< of the edit written last
    bool m_isUnsaved = false;
    bool m_toldModified = false;
    int m_previewed = -1;
    session::Setting m_preview;
};

}  // namespace clipscope::widgets
