// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/export_dialog.h"

#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "analysis/base/error.h"
#include "analysis/session/rows.h"
#include "widgets/exporting/affine_fix.h"
#include "widgets/exporting/change_view.h"
#include "widgets/exporting/command_row.h"
#include "widgets/exporting/export_target.h"
#include "widgets/exporting/format_list.h"
#include "widgets/exporting/header_editor.h"
#include "widgets/inspector/figure_label.h"
#include "widgets/inspector/note_box.h"

namespace clipscope::widgets {
namespace {

using session::ExportPreview;

constexpr int kMargin = 8;
constexpr int kDelay = 80;  ///< ms from the last key to a new preview

const formats::Format& formatOf(const std::string& id) {
    return formats::findFormat(id);
}

QString extensionOf(const std::string& id) {
    const auto& extensions = formatOf(id).extensions;
    return extensions.empty() ? QString() : QString::fromUtf8(extensions.front().data());
}

/// A message as the command line gives it, with a capital and a full stop.
QString sentence(QString message) {
    if (message.isEmpty())
        return message;
    message[0] = message[0].toUpper();
    return message.endsWith(QLatin1Char('.')) ? message : message + QLatin1Char('.');
}

}  // namespace

ExportDialog::ExportDialog(Document& document, QWidget* parent)
    : QDialog(parent), m_document(document) {
    setObjectName(QStringLiteral("exportDialog"));
    setWindowTitle(tr("Export"));
    setModal(false);
    setSizeGripEnabled(true);
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelay);
    connect(&m_delay, &QTimer::timeout, this, &ExportDialog::askForPreview);

    auto* upper = new QHBoxLayout;
    upper->setContentsMargins(kMargin, kMargin, kMargin, 0);
    upper->setSpacing(2 * kMargin);
    m_formats = new FormatList(this);
    m_formats->setObjectName(QStringLiteral("formats"));
    connect(m_formats, &FormatList::chosen, this,
            [this](const QString& id) { chooseFormat(id.toStdString()); });
    upper->addWidget(m_formats);
    upper->addWidget(makeChoices(), 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kMargin);
    column->addLayout(upper, 1);
    column->addWidget(makeFooter());

    connect(&m_document, &Document::tensorChanged, this, &ExportDialog::changed);
    connect(&m_document, &Document::modifiedChanged, this, &ExportDialog::showCommand);
    connect(&m_document, &Document::sessionChanged, this, &ExportDialog::reject);
    connect(&m_writing, &JobRunner::runningChanged, this, &ExportDialog::showState);
    const session::Session* session = m_document.session();
    if (session) {
        const QString origin = QFileInfo(originPath()).fileName();
        setWindowTitle(
            tr("Export %1")
                .arg(origin.isEmpty() ? QString::fromStdString(session->modelName) : origin));
        m_header->setDefault(QString::fromStdString(session::headerFor(*session, {})),
                             !session->header.empty());
        m_partial->setVisible(session->isPartial);
        m_partial->setText(tr("Allow partial: the calibration was cancelled after %1 samples")
                               .arg(session->samples.size()));
    }
    chooseFormat(m_format);
    m_file->setFocus();
}

ExportDialog::~ExportDialog() = default;

QWidget* ExportDialog::makeChoices() {
    auto* choices = new QWidget(this);
    auto* column = new QVBoxLayout(choices);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kMargin);
    m_form = new QFormLayout;
    m_form->setHorizontalSpacing(kMargin);
    m_form->setVerticalSpacing(4);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    makeFields(m_form);
    column->addLayout(m_form);
    m_error = new NoteBox(NoteBox::Kind::Error, choices);
    m_error->setObjectName(QStringLiteral("errorBox"));
    connect(m_error, &NoteBox::linkActivated, this, [this] { widenAffine(m_document); });
    column->addWidget(m_error);
    m_losses = new NoteBox(NoteBox::Kind::Information, choices);
    m_losses->setObjectName(QStringLiteral("lossBox"));
    column->addWidget(m_losses);
    m_changes = new ChangeView(choices);
    m_changes->setObjectName(QStringLiteral("changeView"));
    connect(m_changes, &ChangeView::comparedWithFile, this, [this](bool isCompared) {
        m_comparesFile = isCompared;
        changed();
    });
    column->addWidget(m_changes, 1);
    m_command = new CommandRow(choices);
    m_command->setObjectName(QStringLiteral("commandRow"));
    column->addWidget(m_command);
    return choices;
}

void ExportDialog::makeFields(QFormLayout* form) {
    m_file = new QLineEdit(this);
    m_file->setObjectName(QStringLiteral("fileField"));
    m_file->setAccessibleName(tr("File"));
    m_file->setToolTip(tr("The file to write; nothing is written before Export is pressed"));
    auto* browse = new QPushButton(tr("Browse…"), this);
    browse->setObjectName(QStringLiteral("browseButton"));
    browse->setToolTip(tr("Choose the file"));
    browse->setAutoDefault(false);
    connect(browse, &QPushButton::clicked, this, &ExportDialog::browse);
    connect(m_file, &QLineEdit::textEdited, this, [this] { m_isProposed = false; });
    connect(m_file, &QLineEdit::textChanged, this, &ExportDialog::changed);
    auto* row = new QHBoxLayout;
    row->setSpacing(kMargin);
    row->addWidget(m_file, 1);
    row->addWidget(browse);
    form->addRow(tr("File"), row);
    m_header = new HeaderEditor(this);
    m_header->setObjectName(QStringLiteral("headerEditor"));
    connect(m_header, &HeaderEditor::changed, this, &ExportDialog::changed);
    form->addRow(tr("Header"), m_header);
    m_partial = new QCheckBox(this);
    m_partial->setObjectName(QStringLiteral("partialCheck"));
    m_partial->setToolTip(tr("Thresholds of a part of the samples may clip what the others hold"));
    connect(m_partial, &QCheckBox::toggled, this, &ExportDialog::changed);
    form->addRow(QString(), m_partial);
}

QWidget* ExportDialog::makeFooter() {
    auto* footer = new QWidget(this);
    auto* row = new QHBoxLayout(footer);
    row->setContentsMargins(kMargin, 0, kMargin, kMargin);
    row->setSpacing(kMargin);
    m_existing = new FigureLabel({}, FigureLabel::Role::Muted);
    m_existing->setObjectName(QStringLiteral("existingNote"));
    row->addWidget(m_existing, 1);
    auto* cancel = new QPushButton(tr("Cancel"), footer);
    cancel->setObjectName(QStringLiteral("cancelButton"));
    cancel->setToolTip(tr("Close without writing anything (Esc)"));
    cancel->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, this, &ExportDialog::reject);
    m_export = new QPushButton(tr("Export"), footer);
    m_export->setObjectName(QStringLiteral("exportButton"));
    m_export->setToolTip(tr("Write the file, all of it or nothing"));
    m_export->setDefault(true);
    connect(m_export, &QPushButton::clicked, this, &ExportDialog::write);
    row->addWidget(cancel);
    row->addWidget(m_export);
    return footer;
}

void ExportDialog::chooseFormat(const std::string& id) {
    const QString oldExtension = extensionOf(m_format);
    m_format = id;
    m_formats->setCurrent(id);
    const bool hasHeader = id == "tensorrt";
    m_header->setVisible(hasHeader);
    m_form->labelForField(m_header)->setVisible(hasHeader);
    const QString file = m_file->text();
    if (m_isProposed)
        proposeFile();
    else if (!oldExtension.isEmpty() && file.endsWith(oldExtension))
        m_file->setText(file.chopped(oldExtension.size()) + extensionOf(id));
    changed();
}

void ExportDialog::proposeFile() {
    const session::Session* session = m_document.session();
    if (!session)
        return;
    const QString origin = originPath();
    const QFileInfo info(origin.isEmpty() ? QString::fromStdString(session->modelPath) : origin);
    // A model may be gone, or come from elsewhere.
    const QDir folder = info.absoluteDir().exists() ? info.absoluteDir() : QDir::home();
    // A range file that was opened is not replaced unless the user says so.
    const bool isRanges = !session->rangesPath.empty();
    m_file->setText(folder.filePath(info.completeBaseName() +
                                    (isRanges ? QStringLiteral("-edited") : QString()) +
                                    extensionOf(m_format)));
}

void ExportDialog::browse() {
    const auto choose = m_chooseFile ? m_chooseFile : [this] {
        const QString extension = extensionOf(m_format);
        return QFileDialog::getSaveFileName(
            this, tr("Export to"), outputPath(),
            tr("%1 (*%2);;All files (*)")
                .arg(QString::fromUtf8(formatOf(m_format).label.data()), extension),
            nullptr, QFileDialog::DontConfirmOverwrite);
    };
    const QString path = choose();
    if (path.isEmpty())
        return;
    m_isProposed = false;
    m_file->setText(path);
}

QString ExportDialog::originPath() const {
    const session::Session* session = m_document.session();
    return session && m_document.path().isEmpty() ? QString::fromStdString(session->rangesPath)
                                                  : m_document.path();
}

QString ExportDialog::outputPath() const {
    return exportPath(m_file->text(), originPath());
}

session::ExportSettings ExportDialog::settings() const {
    session::ExportSettings settings;
    settings.format = m_format;
    if (m_format == "tensorrt")
        settings.header = m_header->header().toStdString();
    settings.allowPartial = m_partial->isChecked();
    return settings;
}

QString ExportDialog::problemOfFile() const {
    const QString problem = problemOfTarget(
        outputPath(), m_document.path(), QString::fromStdString(m_document.session()->modelPath));
    return problem.isEmpty() && m_format == "tensorrt" ? m_header->problem() : problem;
}

void ExportDialog::changed() {
    m_failure.clear();
    if (!m_document.session())
        return;
    m_delay.start();
    showState();
    showCommand();
}

void ExportDialog::askForPreview() {
    m_delay.stop();
    const auto session = m_document.sharedSession();
    if (!session)
        return;
    session::ExportSettings settings = this->settings();
    if (m_format == "tensorrt" && !m_header->problem().isEmpty())
        settings.header.clear();  // the rest can be shown all the same
    m_preview.start(
        [session, settings, current = session::currentSettings(*session), path = outputPath(),
         compares = m_comparesFile](const CancellationToken& token, const ProgressSink&) {
            Shown shown;
            const auto file = comparableFile(path);
            if (file)
                shown.comparable = QFileInfo(path).fileName();
            shown.isCompared = file && compares;
            shown.preview = std::make_shared<const ExportPreview>(session::previewExport(
                *session, current, settings, shown.isCompared ? file : std::nullopt, token));
            return shown;
        },
        [this](const Shown& shown) { showPreview(shown); },
        [this](const QString& message) {
            m_failure = message;
            showState();
        });
    showState();
}

void ExportDialog::showPreview(const Shown& shown) {
    m_shown = shown;
    m_changes->setFile(shown.comparable, shown.isCompared);
    m_changes->setPreview(shown.preview);
    m_formats->model().setLost(shown.preview->lostByFormat);
    showLosses();
    showState();
}

void ExportDialog::showLosses() {
    const ExportPreview& preview = *m_shown.preview;
    const auto& warnings = preview.content.report.warnings;
    QStringList lines;
    for (const std::string& warning : warnings)
        lines << QString::fromStdString(warning).toHtmlEscaped();
    const QString head =
        !preview.problem.empty() ? tr("Nothing can be written as it stands.")
        : warnings.empty()
            ? tr("%1 tensors are written, nothing is lost.").arg(preview.content.report.written)
            : tr("%1 of %2 tensors are written.")
                  .arg(preview.content.report.written)
                  .arg(std::max(preview.total, preview.content.report.written));
    const QString note = QString::fromUtf8(formatOf(m_format).lossNote.data()).toHtmlEscaped();
    m_losses->setKind(warnings.empty() ? NoteBox::Kind::Information : NoteBox::Kind::Warning);
    m_losses->setText(QStringLiteral("<html><b>%1</b> %2%3%4</html>")
                          .arg(head, note, lines.isEmpty() ? QString() : QStringLiteral("<br>"),
                               lines.join(QStringLiteral("<br>"))));
}

void ExportDialog::showState() {
    QString problem = m_failure;
    if (problem.isEmpty() && m_document.session())
        problem = problemOfFile();
    const bool isPartial = m_document.session() && m_document.session()->isPartial;
    if (problem.isEmpty() && isPartial && !m_partial->isChecked())
        problem = tr("The calibration was cancelled after %1 samples. Finish it, or tick \"Allow "
                     "partial\" to export what there is.")
                      .arg(m_document.session()->samples.size());
    if (problem.isEmpty() && isComplete() && m_shown.preview)
        problem = QString::fromStdString(m_shown.preview->problem);
    const bool isPreviews = m_shown.preview && !problem.isEmpty() &&
                            problem == QString::fromStdString(m_shown.preview->problem);
    const QString affine = isPreviews && !formatOf(m_format).holdsAffine
                               ? affineProblem(*m_document.session())
                               : QString();
    m_error->setText(affine.isEmpty()
                         ? sentence(problem)
                         : tr("<html>%1 <a href=\"widen\">Widen them to symmetric ranges</a> "
                              "(can be undone), or choose another format.</html>")
                               .arg(affine.toHtmlEscaped()));
    // The error says already what the format cannot hold.
    m_losses->setVisible(m_shown.preview && m_shown.preview->problem.empty());
    const bool canWrite = m_shown.preview && m_shown.preview->problem.empty();
    const size_t warnings = canWrite ? m_shown.preview->content.report.warnings.size() : 0;
    m_export->setText(m_writing.isRunning() ? tr("Exporting…")
                      : warnings == 0       ? tr("Export")
                      : warnings == 1       ? tr("Export with 1 warning")
                                            : tr("Export with %1 warnings").arg(warnings));
    m_export->setEnabled((problem.isEmpty() || !m_failure.isEmpty()) && isComplete() && canWrite &&
                         !m_writing.isRunning());
    m_existing->setText(QFileInfo(outputPath()).isFile()
                            ? tr("%1 is there already and is replaced, all of it or nothing.")
                                  .arg(QFileInfo(outputPath()).fileName())
                            : tr("Nothing is written before Export is pressed."));
}

void ExportDialog::showCommand() {
    if (!m_document.session())
        return;
    session::ExportSettings settings = this->settings();
    if (settings.header == session::headerFor(*m_document.session(), {}))
        settings.header.clear();
    m_command->showExport(originPath(), m_document.isModified(), outputPath(), settings);
}

void ExportDialog::write() {
    const auto session = m_document.sharedSession();
    if (!session)
        return;
    const QString path = outputPath();
    m_failure.clear();
    m_writing.start(
        [session, path, settings = settings(), current = session::currentSettings(*session)](
            const CancellationToken&, const ProgressSink&) {
            return session::exportSession(*session, current, path.toStdString(), settings);
        },
        [this, path](const session::ExportReport& report) {
            emit exported(path, static_cast<int>(report.written));
            accept();
        },
        [this](const QString& message) {
            m_failure = message;
            showState();
        });
}

}  // namespace clipscope::widgets
