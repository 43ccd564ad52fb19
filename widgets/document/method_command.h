// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoCommand>
#include <functional>
#include <vector>

#include "analysis/session/session.h"
#include "analysis/session/thresholds.h"

namespace clipscope::widgets {

/// Another method for the whole session, with what was there before to go back to.
class MethodCommand : public QUndoCommand {
public:
    /// The session must outlive the command.
    MethodCommand(session::Session& session, session::SessionThresholds choice,
                  std::function<void()> tell);

    void undo() override;
    void redo() override;

private:
    session::Session& m_session;
    session::SessionThresholds m_before;
    session::SessionThresholds m_after;
    std::vector<session::Setting> m_currents;  ///< before
    std::function<void()> m_tell;
};

}  // namespace clipscope::widgets
