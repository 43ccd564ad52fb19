// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/document.h"

#include <algorithm>

#include "analysis/session/session_file.h"
#include "widgets/document/edit_command.h"
#include "widgets/document/method_command.h"

namespace clipscope::widgets {

using session::Setting;

Document::Document(QObject* parent) : QObject(parent) {
    connect(&m_undo, &QUndoStack::cleanChanged, this, &Document::tellModified);
}

void Document::setSession(std::shared_ptr<session::Session> session, const QString& path) {
    const std::string before =
        m_selected >= 0 ? m_session->tensors[static_cast<size_t>(m_selected)].name : std::string();
    m_previewed = -1;
    m_selected = -1;
    m_session = std::move(session);
    m_path = path;
    m_isUnsaved = m_session && path.isEmpty() && !m_session->samples.empty();
    m_undo.clear();
    emit sessionChanged();
    tellModified();
    int next = -1;
    if (m_session) {
        const auto& tensors = m_session->tensors;
        auto found = std::ranges::find(tensors, before, &session::TensorEntry::name);
        if (before.empty() || found == tensors.end())
            found = std::ranges::find_if(tensors, &session::TensorEntry::isActivation);
        if (found != tensors.end())
            next = static_cast<int>(found - tensors.begin());
    }
    m_selected = next;
    emit selectionChanged(m_selected);
}

void Document::save(const QString& path) {
    session::saveSession(*m_session, path.toStdString());
    m_path = path;
    m_isUnsaved = false;
    m_undo.setClean();
    tellModified();
}

int Document::editedCount() const {
    if (!m_session)
        return 0;
    return static_cast<int>(
        std::ranges::count_if(m_session->tensors, &session::TensorEntry::isEdited));
}

void Document::select(int tensor) {
    if (tensor == m_selected || !m_session || tensor >= static_cast<int>(m_session->tensors.size()))
        return;
    cancelPreview();
    m_selected = tensor;
    emit selectionChanged(tensor);
}

std::vector<int> Document::membersOf(int tensor, bool wholeGroup) const {
    const int group = m_session->tensors[static_cast<size_t>(tensor)].group;
    if (!wholeGroup || group < 0)
        return {tensor};
    const auto& members = m_session->groups[static_cast<size_t>(group)].members;
    return {members.begin(), members.end()};
}

void Document::push(int tensor, bool wholeGroup, const std::vector<Setting>& after,
                    const QString& text, int mergeId) {
    cancelPreview();
    std::vector<EditCommand::Change> changes;
    const std::vector<int> members = membersOf(tensor, wholeGroup);
    for (size_t i = 0; i < members.size(); ++i)
        changes.push_back(
            {members[i], m_session->tensors[static_cast<size_t>(members[i])].current, after[i]});
    if (std::ranges::all_of(changes, [](const auto& c) { return c.before == c.after; }))
        return;
    auto write = [this](int index, const Setting& setting) {
        // One member at a time: the group was resolved when the command was made.
        m_notes = session::applyEdit(*m_session, static_cast<size_t>(index), setting, false);
        emit tensorChanged(index);
    };
    m_notes.clear();
    m_undo.push(new EditCommand(std::move(changes), write, text, mergeId));
}

void Document::edit(int tensor, const Setting& setting, bool wholeGroup, const QString& text,
                    int mergeId) {
    if (!m_session || tensor < 0)
        return;
    push(tensor, wholeGroup, std::vector<Setting>(membersOf(tensor, wholeGroup).size(), setting),
         text, mergeId);
    if (!wholeGroup)
        for (const std::string& note : m_notes)
            emit noted(QString::fromStdString(note));
    m_notes.clear();
}

void Document::reset(int tensor, bool wholeGroup) {
    if (!m_session || tensor < 0)
        return;
    std::vector<Setting> originals;
    for (const int member : membersOf(tensor, wholeGroup))
        originals.push_back(m_session->tensors[static_cast<size_t>(member)].original);
    const QString name =
        QString::fromStdString(m_session->tensors[static_cast<size_t>(tensor)].name);
    push(tensor, wholeGroup, originals, tr("Reset %1").arg(name), -1);
}

void Document::changeMethod(const session::SessionThresholds& choice) {
    if (!m_session)
        return;
    cancelPreview();
    m_undo.push(new MethodCommand(*m_session, choice, [this] {
        emit sessionChanged();
        emit selectionChanged(m_selected);
    }));
}

void Document::preview(int tensor, const Setting& setting) {
    if (!m_session || tensor < 0)
        return;
    if (m_previewed >= 0 && m_previewed != tensor)
        cancelPreview();
    m_previewed = tensor;
    m_preview = setting;
    emit previewChanged(tensor);
}

void Document::cancelPreview() {
    if (m_previewed < 0)
        return;
    const int tensor = m_previewed;
    m_previewed = -1;
    emit previewChanged(tensor);
}

const Setting& Document::shownSetting(int tensor) const {
    return tensor == m_previewed ? m_preview
                                 : m_session->tensors[static_cast<size_t>(tensor)].current;
}

void Document::tellModified() {
    if (m_toldModified == isModified())
        return;
    m_toldModified = isModified();
    emit modifiedChanged(m_toldModified);
}

}  // namespace clipscope::widgets
