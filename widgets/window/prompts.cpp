// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/prompts.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QMessageBox>

#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kIconSize = 32;

QString tr(const char* text) {
    return QCoreApplication::translate("Prompts", text);
}

}  // namespace

QString DialogPrompts::modelToOpen() {
    return QFileDialog::getOpenFileName(m_window, tr("Open model"), {},
                                        tr("ONNX models (*.onnx);;All files (*)"));
}

QString DialogPrompts::rangesToOpen() {
    return QFileDialog::getOpenFileName(
        m_window, tr("Open session or cache"), {},
        tr("Sessions and caches (*.clipscope *.cache *.calib *.txt *.table);;All files (*)"));
}

QStringList DialogPrompts::samplesToOpen(bool folder) {
    if (!folder)
        return QFileDialog::getOpenFileNames(
            m_window, tr("Add samples"), {},
            tr("Samples (*.npy *.npz *.png *.jpg *.jpeg);;All files (*)"));
    const QString path = QFileDialog::getExistingDirectory(m_window, tr("Add a folder of samples"));
    return path.isEmpty() ? QStringList() : QStringList{path};
}

QString DialogPrompts::sessionToSave(const QString& suggested) {
    return QFileDialog::getSaveFileName(m_window, tr("Save session"), suggested,
                                        tr("Clipscope sessions (*.clipscope)"));
}

QString DialogPrompts::pictureToSave(const QString& suggested) {
    return QFileDialog::getSaveFileName(m_window, tr("Save picture"), suggested,
                                        tr("Pictures (*.png *.svg *.pdf)"));
}

Prompts::Unsaved DialogPrompts::unsaved(const QString& what) {
    QMessageBox box(QMessageBox::NoIcon, QStringLiteral("Clipscope"), what,
                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, m_window);
    box.setObjectName(QStringLiteral("unsavedDialog"));
    box.setIconPixmap(iconPixmap(QStringLiteral("warning"), colors().warning, kIconSize));
    box.setInformativeText(tr("Save keeps them, Discard loses them, Cancel goes back."));
    box.setDefaultButton(QMessageBox::Save);
    switch (box.exec()) {
        case QMessageBox::Save:
            return Unsaved::Save;
        case QMessageBox::Discard:
            return Unsaved::Discard;
        default:
            return Unsaved::Cancel;
    }
}

}  // namespace clipscope::widgets
