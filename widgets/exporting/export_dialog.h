// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>
#include <functional>
#include <memory>

#include "analysis/session/export_preview.h"
#include "widgets/document/document.h"
#include "widgets/document/job_runner.h"

class QCheckBox;
class QFormLayout;
class QLineEdit;
class QPushButton;

namespace clipscope::widgets {

class ChangeView;
class CommandRow;
class FigureLabel;
class FormatList;
class HeaderEditor;
class NoteBox;

/// Writes the thresholds as a file that a target reads, after showing what the format cannot hold,
/// which lines change, and the same as a command line. Not modal: edits made meanwhile show at
/// once.
class ExportDialog : public QDialog {
    Q_OBJECT

public:
    explicit ExportDialog(Document& document, QWidget* parent = nullptr);
    ~ExportDialog() override;

    /// Asked for a file by the Browse button; returns "" where the user thinks better of it.
    void setFileDialog(std::function<QString()> choose) { m_chooseFile = std::move(choose); }
    /// Whether what is shown belongs to the choices and the settings of now.
    bool isComplete() const { return !m_delay.isActive() && !m_preview.isRunning(); }

    QSize sizeHint() const override { return {1130, 700}; }

signals:
    void exported(const QString& path, int tensors);

private:
    struct Shown {
        std::shared_ptr<const session::ExportPreview> preview;
        QString comparable;  ///< the file name, where a readable one is there
        bool isCompared = false;
    };

    QWidget* makeChoices();
    void makeFields(QFormLayout* form);
    QWidget* makeFooter();

    void chooseFormat(const std::string& id);
    void proposeFile();
    void browse();
    QString originPath() const;  ///< the session's file, or the range file that was opened
    QString outputPath() const;
    session::ExportSettings settings() const;
    /// Why the file cannot be written there; empty where it can.
    QString problemOfFile() const;

    void changed();  ///< shows what is known at once and asks for a new preview
    void askForPreview();
    void showPreview(const Shown& shown);
    void showState();
    void showCommand();
    void showLosses();
    void write();

    Document& m_document;
    JobRunner m_preview;
    JobRunner m_writing;
    QTimer m_delay;
    std::function<QString()> m_chooseFile;
    std::string m_format = "tensorrt";
    bool m_isProposed = true;  ///< the file name is ours, not the user's
    bool m_comparesFile = true;
    Shown m_shown;
    QString m_failure;  ///< of the last attempt to write

    FormatList* m_formats;
    QFormLayout* m_form;
    QLineEdit* m_file;
    HeaderEditor* m_header;
    QCheckBox* m_partial;
    NoteBox* m_error;
    NoteBox* m_losses;
    ChangeView* m_changes;
    CommandRow* m_command;
    FigureLabel* m_existing;
    QPushButton* m_export;
};

}  // namespace clipscope::widgets
