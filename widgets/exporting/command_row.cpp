// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/command_row.h"

#include <QClipboard>
#include <QFileInfo>
#include <QFontDatabase>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>

#include "analysis/session/export_preview.h"

namespace clipscope::widgets {

CommandRow::CommandRow(QWidget* parent) : QWidget(parent) {
    m_command = new QLineEdit(this);
    m_command->setObjectName(QStringLiteral("commandField"));
    m_command->setAccessibleName(tr("The same as a command line"));
    m_command->setReadOnly(true);
    m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_command->setToolTip(tr("What does the same without a window"));
    auto* copy = new QPushButton(tr("Copy"), this);
    copy->setObjectName(QStringLiteral("copyButton"));
    copy->setToolTip(tr("Copy the command line"));
    copy->setAutoDefault(false);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_command->text()); });
    m_note = new FigureLabel({}, FigureLabel::Role::Warning, Qt::AlignLeft, this);
    m_note->setObjectName(QStringLiteral("commandNote"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    grid->addWidget(new QLabel(tr("Same as"), this), 0, 0);
    grid->addWidget(m_command, 0, 1);
    grid->addWidget(copy, 0, 2);
    grid->addWidget(m_note, 1, 1, 1, 2);
}

void CommandRow::showExport(const QString& sessionPath, bool isModified, const QString& output,
                            const session::ExportSettings& settings) {
    const QString session =
        sessionPath.isEmpty() ? tr("SESSION.clipscope") : QFileInfo(sessionPath).absoluteFilePath();
    m_command->setText(QString::fromStdString(
        session::exportCommand(session.toStdString(), output.toStdString(), settings)));
    m_command->setCursorPosition(0);
    m_note->setText(
        sessionPath.isEmpty() ? tr("The command reads a session file: save the session first.")
        : isModified ? tr("The command reads the file as it was saved last: not all edits are in "
                          "it.")
                     : QString());
    m_note->setVisible(!m_note->text().isEmpty());
}

}  // namespace clipscope::widgets
