// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/command_field.h"

#include <QCompleter>
#include <QKeyEvent>
#include <QPointer>

#include "widgets/style/icons.h"

namespace clipscope::widgets {
namespace {

constexpr int kWidth = 280;
constexpr int kTensorRole = Qt::UserRole;
constexpr int kCommandRole = Qt::UserRole + 1;

QString plain(const QAction* action) {
    QString text = action->text();
    text.remove(QLatin1Char('&'));
    if (!action->shortcut().isEmpty())
        text += QStringLiteral("   ") + action->shortcut().toString(QKeySequence::NativeText);
    return text;
}

}  // namespace

CommandField::CommandField(Document& document, QWidget* parent)
    : QLineEdit(parent), m_document(document) {
    setObjectName(QStringLiteral("commandField"));
    setPlaceholderText(tr("Go to tensor or command   Ctrl+Shift+P"));
    setToolTip(tr("Type a part of the name of a tensor or of a command, then Enter"));
    setAccessibleName(tr("Go to tensor or command"));
    setFixedWidth(kWidth);
    addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    auto* completer = new QCompleter(&m_model, this);
    completer->setFilterMode(Qt::MatchContains);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    completer->setMaxVisibleItems(12);
    setCompleter(completer);
    connect(completer, qOverload<const QString&>(&QCompleter::activated), this,
            &CommandField::activate);
    connect(this, &QLineEdit::returnPressed, this, [this] { activate(text()); });
}

void CommandField::refresh() {
    m_model.clear();
    QList<QStandardItem*> items;
    for (QAction* command : m_commands) {
        if (!command->isEnabled() || command->isSeparator() || command->text().isEmpty())
            continue;
        auto* item = new QStandardItem(command->icon(), plain(command));
        item->setData(QVariant::fromValue<QObject*>(command), kCommandRole);
        items << item;
    }
    if (const session::Session* session = m_document.session())
        for (size_t i = 0; i < session->tensors.size(); ++i) {
            auto* item = new QStandardItem(QString::fromStdString(session->tensors[i].name));
            item->setData(static_cast<int>(i), kTensorRole);
            items << item;
        }
    m_model.appendColumn(items);
}

bool CommandField::activate(const QString& wanted) {
    if (m_model.rowCount() == 0)
        refresh();
    const QString name = wanted.trimmed();
    if (name.isEmpty())
        return false;
    QList<QStandardItem*> found = m_model.findItems(name, Qt::MatchFixedString);
    if (found.isEmpty())
        found = m_model.findItems(name, Qt::MatchContains);
    if (found.isEmpty())
        return false;
    const QVariant tensor = found.front()->data(kTensorRole);
    const QPointer<QAction> command =
        qobject_cast<QAction*>(found.front()->data(kCommandRole).value<QObject*>());
    clear();
    clearFocus();
    if (tensor.isValid())
        m_document.select(tensor.toInt());
    else if (command)
        command->trigger();
    return true;
}

void CommandField::focusInEvent(QFocusEvent* event) {
    refresh();
    QLineEdit::focusInEvent(event);
}

void CommandField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        clear();
        clearFocus();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

}  // namespace clipscope::widgets
