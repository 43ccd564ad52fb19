// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/edit_command.h"

#include <algorithm>

namespace clipscope::widgets {

EditCommand::EditCommand(std::vector<Change> changes, Write write, const QString& text, int mergeId)
    : QUndoCommand(text),
      m_changes(std::move(changes)),
      m_write(std::move(write)),
      m_mergeId(mergeId) {}

void EditCommand::undo() {
    for (const Change& change : m_changes)
        m_write(change.tensor, change.before);
}

void EditCommand::redo() {
    for (const Change& change : m_changes)
        m_write(change.tensor, change.after);
}

bool EditCommand::mergeWith(const QUndoCommand* later) {
    const auto* other = static_cast<const EditCommand*>(later);
    if (!std::ranges::equal(m_changes, other->m_changes, {}, &Change::tensor, &Change::tensor))
        return false;
    for (size_t i = 0; i < m_changes.size(); ++i)
        m_changes[i].after = other->m_changes[i].after;
    setText(other->text());
    return true;
}

}  // namespace clipscope::widgets
