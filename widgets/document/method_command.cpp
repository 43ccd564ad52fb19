// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/method_command.h"

#include <QCoreApplication>

namespace clipscope::widgets {

MethodCommand::MethodCommand(session::Session& session, session::SessionThresholds choice,
                             std::function<void()> tell)
    : QUndoCommand(QCoreApplication::translate("MethodCommand", "Thresholds of %1")
                       .arg(QString::fromStdString(choice.method))),
      m_session(session),
      m_before{session.method, session.parameters, session.useGroups, {}},
      m_after(std::move(choice)),
      m_tell(std::move(tell)) {
    for (const session::TensorEntry& tensor : session.tensors) {
        m_before.settings.push_back(tensor.original);
        m_currents.push_back(tensor.current);
    }
}

void MethodCommand::undo() {
    session::applyChoice(m_session, m_before);
    for (size_t i = 0; i < m_currents.size(); ++i)
        m_session.tensors[i].current = m_currents[i];
    m_tell();
}

void MethodCommand::redo() {
    session::applyChoice(m_session, m_after);
    m_tell();
}

}  // namespace clipscope::widgets
