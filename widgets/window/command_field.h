// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QLineEdit>
#include <QStandardItemModel>

#include "widgets/document/document.h"

namespace clipscope::widgets {

/// Goes to a tensor or runs a command by its name, completed anywhere in the name.
class CommandField : public QLineEdit {
    Q_OBJECT

public:
    CommandField(Document& document, QWidget* parent = nullptr);

    /// The commands to offer; disabled ones are left out when the field is entered.
    void setCommands(const QList<QAction*>& commands) { m_commands = commands; }
    /// Selects or runs what has that name, or the first match; false where nothing matches.
    bool activate(const QString& text);

protected:
    void focusInEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void refresh();

    Document& m_document;
    QList<QAction*> m_commands;
    QStandardItemModel m_model;
};

}  // namespace clipscope::widgets
