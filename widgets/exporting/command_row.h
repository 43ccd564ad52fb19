// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>
#include <QWidget>

#include "analysis/session/export.h"
#include "widgets/inspector/figure_label.h"

namespace clipscope::widgets {

/// The same export as a command line, to copy.
class CommandRow : public QWidget {
    Q_OBJECT

public:
    explicit CommandRow(QWidget* parent = nullptr);

    /// `sessionPath` is empty for a session that was never saved.
    void showExport(const QString& sessionPath, bool isModified, const QString& output,
                    const session::ExportSettings& settings);

private:
    QLineEdit* m_command;
    FigureLabel* m_note;
};

}  // namespace clipscope::widgets
