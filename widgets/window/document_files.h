// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <functional>

#include "widgets/calibration/calibration_controller.h"
#include "widgets/document/document.h"
#include "widgets/document/job_runner.h"
#include "widgets/files/dropped_files.h"
#include "widgets/window/prompts.h"

namespace clipscope::widgets {

/// Opens files into the document and the calibration, saves the document, and asks before edits
/// would be lost. Reading happens away from the GUI thread.
class DocumentFiles : public QObject {
    Q_OBJECT

public:
    DocumentFiles(Document& document, CalibrationController& calibration,
                  QObject* parent = nullptr);

    void setPrompts(Prompts* prompts) { m_prompts = prompts; }

    /// Whatever the paths are: model, samples, session, ranges, or a model with samples.
    void open(const QStringList& paths);
    void openModel(const QString& path) { open({path}); }
    bool isOpening() const { return m_jobs.isRunning(); }

    /// Saves where the document came from, else asks. False when the user cancelled or it failed.
    bool save();
    bool saveAs();
    /// True when nothing would be lost: no edits, or the user saved or discarded them.
    bool mayDiscard();
    /// The model of a session that was moved: remembered for runs, checked by its SHA-256.
    void locateModel(const QString& path);

signals:
    void opened(const QString& path);  ///< the document holds it
    void samplesAdded();
    void saved(const QString& path);
    void failed(const QString& message);
    void noted(const QString& message);  ///< worth telling, such as a model that was moved

private:
    void openRequest(const OpenRequest& request);
    void start(const QString& path, std::function<session::Session()> read,
               std::function<void()> then);
    void adopt(const session::Session& session);
    void tellIfModelIsGone(const QString& path);
    bool writeTo(const QString& path);
    QString suggestedPath() const;

    Document& m_document;
    CalibrationController& m_calibration;
    Prompts* m_prompts = nullptr;
    JobRunner m_jobs;
};

}  // namespace clipscope::widgets
