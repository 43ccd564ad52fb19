// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/document_files.h"

#include <QFileInfo>

#include "analysis/base/error.h"
#include "analysis/session/model_identity.h"
#include "analysis/session/opening.h"
#include "analysis/session/session_file.h"
#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

namespace fs = std::filesystem;

fs::path pathOf(const QString& text) {
    return text.toStdString();
}

QString textOf(const fs::path& path) {
    return QString::fromStdString(path.string());
}

/// Where the model of a session lies today: where it was, or beside the session.
fs::path findModel(const session::Session& session, const fs::path& sessionPath) {
    std::error_code ignored;
    const fs::path beside = sessionPath.parent_path() / session.modelName;
    for (const fs::path& candidate : {fs::path(session.modelPath), beside})
        if (!candidate.empty() && fs::is_regular_file(candidate, ignored))
            return candidate;
    return session.modelPath;
}

/// What a run of the same model would be asked for.
session::CalibrationRequest requestOf(const session::Session& session,
                                      const session::CalibrationRequest& before) {
    session::CalibrationRequest request;
    request.model = session.modelPath;
    request.method = session.method;
    request.parameters = session.parameters;
    request.useGroups = session.useGroups;
    request.samples.batch = session.batch > 1 ? session.batch : 0;
    request.samples.preprocess = session.recipe;
    if (before.model == request.model)
        request.samples.data = before.samples.data;
    return request;
}

}  // namespace

DocumentFiles::DocumentFiles(Document& document, CalibrationController& calibration,
                             QObject* parent)
    : QObject(parent), m_document(document), m_calibration(calibration) {}

void DocumentFiles::open(const QStringList& paths) {
    QString problem;
    const OpenRequest request = classify(paths, &problem);
    if (!problem.isEmpty()) {
        emit failed(problem);
        return;
    }
    openRequest(request);
}

void DocumentFiles::openRequest(const OpenRequest& request) {
    const auto addSamples = [this, request] {
        if (request.data.isEmpty() && request.recipe.isEmpty())
            return;
        session::CalibrationRequest calibration = m_calibration.request();
        for (const QString& path : request.data)
            if (std::ranges::find(calibration.samples.data, pathOf(path)) ==
                calibration.samples.data.end())
                calibration.samples.data.push_back(pathOf(path));
        if (!request.recipe.isEmpty())
            calibration.samples.preprocess = request.recipe.toStdString();
        m_calibration.setRequest(std::move(calibration));
        emit samplesAdded();
    };
    if (!request.session.isEmpty()) {
        start(
            request.session,
            [path = pathOf(request.session)] {
                session::Session session = session::loadSession(path, session::Loading::OnDemand);
                session.modelPath = findModel(session, path).string();
                return session;
            },
            addSamples);
    } else if (!request.ranges.isEmpty()) {
        std::optional<fs::path> model;
        if (!request.model.isEmpty())
            model = pathOf(request.model);
        else if (m_document.session() && QFileInfo::exists(textOf(m_calibration.request().model)))
            model = m_calibration.request().model;
        start(
            request.ranges,
            [path = pathOf(request.ranges), model] { return session::openRanges(path, model); },
            addSamples);
    } else if (!request.model.isEmpty()) {
        start(
            request.model, [path = pathOf(request.model)] { return session::openModel(path); },
            addSamples);
    } else {
        addSamples();
    }
}

void DocumentFiles::start(const QString& path, std::function<session::Session()> read,
                          std::function<void()> then) {
    if (m_calibration.isRunning()) {
        emit failed(tr("A calibration is running: cancel it, or use what is there, before opening "
                       "%1.")
                        .arg(QFileInfo(path).fileName()));
        return;
    }
    if (!mayDiscard())
        return;
    m_jobs.start(
        [read = std::move(read)](const CancellationToken&, const ProgressSink&) {
            return std::make_shared<session::Session>(read());
        },
        [this, path, then](std::shared_ptr<session::Session> session) {
            adopt(*session);
            const bool isSession = !session->samples.empty();
            m_document.setSession(std::move(session), isSession ? path : QString());
            then();
            emit opened(path);
            tellIfModelIsGone(path);
        },
        [this](const QString& message) { emit failed(message); });
}

void DocumentFiles::adopt(const session::Session& session) {
    const session::CalibrationRequest before = m_calibration.request();
    session::CalibrationRequest request = requestOf(session, before);
    if (session.samples.empty()) {  // a bare model or range file: the user's choices stay
        const bool isSame = before.model == request.model;
        request.method = before.method;
        request.parameters = before.parameters;
        request.useGroups = before.useGroups;
        request.samples = isSame ? before.samples : session::SampleRequest();
    }
    m_calibration.setRequest(std::move(request));
}

void DocumentFiles::tellIfModelIsGone(const QString& path) {
    const session::Session& session = *m_document.session();
    const QString model = QString::fromStdString(session.modelPath);
    if (!session.samples.empty() && !QFileInfo::exists(model))
        emit noted(tr("The model of %1 is no longer at %2. Everything but calibrating again works "
                      "without it.")
                       .arg(QFileInfo(path).fileName(), model));
}

void DocumentFiles::locateModel(const QString& path) {
    if (!m_document.session())
        return;
    const std::string expected = m_document.session()->modelSha256;
    m_jobs.start(
        [path](const CancellationToken&, const ProgressSink&) {
            return session::sha256OfFile(pathOf(path));
        },
        [this, path, expected](const std::string& found) {
            session::CalibrationRequest request = m_calibration.request();
            request.model = pathOf(path);
            m_calibration.setRequest(std::move(request));
            if (!expected.empty() && found != expected)
                emit noted(tr("%1 is not the file that this session was made from (its SHA-256 "
                              "differs): tensors may have other names.")
                               .arg(QFileInfo(path).fileName()));
        },
        [this](const QString& message) { emit failed(message); });
}

QString DocumentFiles::suggestedPath() const {
    const QFileInfo model(QString::fromStdString(m_document.session()->modelPath));
    const QString name = model.completeBaseName() + QStringLiteral(".clipscope");
    return model.absoluteDir().exists() ? model.absoluteDir().filePath(name) : name;
}

bool DocumentFiles::save() {
    if (!m_document.session())
        return true;
    return m_document.path().isEmpty() ? saveAs() : writeTo(m_document.path());
}

bool DocumentFiles::saveAs() {
    if (!m_document.session() || !m_prompts)
        return false;
    QString path =
        m_prompts->sessionToSave(m_document.path().isEmpty() ? suggestedPath() : m_document.path());
    if (path.isEmpty())
        return false;
    if (QFileInfo(path).suffix().isEmpty())
        path += QStringLiteral(".clipscope");
    return writeTo(path);
}

bool DocumentFiles::writeTo(const QString& path) {
    std::error_code ignored;
    if (fs::equivalent(pathOf(path), m_calibration.request().model, ignored)) {
        emit failed(tr("%1 is the model: choose another name for the session.").arg(path));
        return false;
    }
    try {
        m_document.save(path);
    } catch (const std::exception& error) {
        emit failed(QString::fromUtf8(error.what()));
        return false;
    }
    emit saved(path);
    return true;
}

bool DocumentFiles::mayDiscard() {
    if (!m_document.session() || !m_document.isModified() || !m_prompts)
        return true;
    const QString name = m_document.path().isEmpty() ? tr("The calibration")
                                                     : QFileInfo(m_document.path()).fileName();
    const int edited = m_document.editedCount();
    const QString what = m_document.path().isEmpty() && edited == 0
                             ? tr("The calibration was not saved yet.")
                             : tr("%1 has changes that are not saved: %2 edited.")
                                   .arg(name, pluralText(static_cast<uint64_t>(edited),
                                                         tr("tensor"), tr("tensors")));
    switch (m_prompts->unsaved(what)) {
        case Prompts::Unsaved::Save:
            return save();
        case Prompts::Unsaved::Discard:
            return true;
        default:
            return false;
    }
}

}  // namespace clipscope::widgets
