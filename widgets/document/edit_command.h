// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoCommand>
#include <functional>
#include <utility>
#include <vector>

#include "analysis/session/session.h"

namespace clipscope::widgets {

/// New settings for some tensors, with the old ones to go back to.
class EditCommand : public QUndoCommand {
public:
    struct Change {
        int tensor = -1;
        session::Setting before;
        session::Setting after;
    };
    /// Writes a setting into the session and tells the views.
    using Write = std::function<void(int tensor, const session::Setting&)>;

    EditCommand(std::vector<Change> changes, Write write, const QString& text, int mergeId);

    void undo() override;
    void redo() override;
    int id() const override { return m_mergeId; }
    /// Joins a later edit of the same tensors with the same merge id.
    bool mergeWith(const QUndoCommand* later) override;

private:
    std::vector<Change> m_changes;
    Write m_write;
    int m_mergeId;
};

}  // namespace clipscope::widgets
