// SPDX-License-Identifier: GPL-3.0-or-later
// The window's menus, its tool bar, and what their commands do.
#include <QFileInfo>
#include <QMenuBar>
#include <QMessageBox>
#include <QToolBar>
#include <QWhatsThis>

#include "analysis/base/version.h"
#include "analysis/threshold/method.h"
#include "widgets/exporting/export_dialog.h"
#include "widgets/style/icons.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"
#include "widgets/window/main_window.h"

namespace clipscope::widgets {
namespace {

constexpr int kIconSize = 16;
constexpr int kMethodWidth = 130;

}  // namespace

void MainWindow::makeMenus() {
    const auto menu = [this](const char* name, const QString& title, QList<QAction*> actions) {
        QMenu* made = menuBar()->addMenu(title);
        made->setObjectName(QLatin1String(name));
        made->setToolTipsVisible(true);
        for (QAction* action : actions) {
            if (action)
                made->addAction(action);
            else
                made->addSeparator();
        }
        return made;
    };
    const Actions& a = m_actions;
    menu("fileMenu", tr("&File"),
         {a.openModel, a.openRanges, a.addSamples, a.addSampleFolder, nullptr, a.save, a.saveAs,
          a.exportRanges, a.savePicture, nullptr, a.close, a.quit});
    menu("editMenu", tr("&Edit"), {a.undo, a.redo, nullptr, a.goTo});
    QMenu* view = menu("viewMenu", tr("&View"), {});
    view->addActions(m_tensorPage->pageActions());
    view->addSeparator();
    QMenu* theme = view->addMenu(tr("C&olours"));
    theme->setObjectName(QStringLiteral("themeMenu"));
    theme->addActions({a.systemTheme, a.lightTheme, a.darkTheme});
    QMenu* tensor = menu("tensorMenu", tr("&Tensor"), {a.back, a.forward, nullptr});
    tensor->addActions(m_tensors->paneActions());
    menu("calibrateMenu", tr("&Calibrate"),
         {a.calibrate, a.cancel, nullptr, a.setup, a.locateModel});
    QMenu* window = menu("windowMenu", tr("&Window"), {});
    for (QDockWidget* dock : {m_tensorsDock, m_inspectorDock, m_logDock}) {
        QAction* toggle = dock->toggleViewAction();
        toggle->setObjectName(QStringLiteral("toggle-") + dock->objectName());
        toggle->setToolTip(tr("Shows or hides the pane"));
        window->addAction(toggle);
    }
    window->addSeparator();
    window->addActions({a.fullScreen, a.resetLayout});
    menu("helpMenu", tr("&Help"), {a.whatsThis, a.about});
}

void MainWindow::makeToolBar() {
    auto* bar = new QToolBar(tr("Main tool bar"));
    bar->setObjectName(QStringLiteral("toolBar"));
    bar->setMovable(false);
    bar->setIconSize({kIconSize, kIconSize});
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    addToolBar(bar);
    const Actions& a = m_actions;
    m_method = new QComboBox;
    m_method->setObjectName(QStringLiteral("methodChoice"));
    m_method->setToolTip(
        tr("How thresholds are chosen: applies to all tensors but those edited by "
           "hand, and to the next calibration"));
    m_method->setAccessibleName(tr("Method"));
    m_method->setMinimumWidth(kMethodWidth);
    for (const threshold::Method& method : threshold::methods()) {
        m_method->addItem(QString::fromStdString(std::string(method.id)));
        m_method->setItemData(m_method->count() - 1,
                              QString::fromStdString(std::string(method.summary)), Qt::ToolTipRole);
    }
    connect(m_method, &QComboBox::textActivated, this, &MainWindow::applyMethod);
    const auto add = [bar](QAction* action, const QString& label = {}) {
        bar->addAction(action);
        if (!label.isEmpty())
            action->setIconText(label);
        else
            static_cast<QToolButton*>(bar->widgetForAction(action))
                ->setToolButtonStyle(Qt::ToolButtonIconOnly);
    };
    add(a.openModel, tr("Open"));
    add(a.save);
    bar->addSeparator();
    add(a.back);
    add(a.forward);
    bar->addSeparator();
    add(a.undo);
    add(a.redo);
    bar->addSeparator();
    add(a.calibrate, tr("Calibrate"));
    add(a.cancel, tr("Cancel"));
    add(a.setup, tr("Samples"));
    bar->addWidget(m_method);
    bar->addSeparator();
    add(a.exportRanges, tr("Export…"));
    auto* spring = new QWidget;
    spring->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(spring);
    m_commands = new CommandField(m_document);
    bar->addWidget(m_commands);
    QList<QAction*> commands;
    for (QMenu* menu : menuBar()->findChildren<QMenu*>())
        commands << menu->actions();
    commands.removeIf([](QAction* action) { return action->menu() != nullptr; });
    m_commands->setCommands(commands);
}

void MainWindow::connectActions() {
    const auto on = [this](QAction* action, auto handler) {
        connect(action, &QAction::triggered, this, handler);
    };
    const auto openChosen = [this](const QStringList& paths) {
        if (!paths.isEmpty() && !paths.front().isEmpty())
            open(paths);
    };
    on(m_actions.openModel, [=, this] { openChosen({m_prompts->modelToOpen()}); });
    on(m_actions.openRanges, [=, this] { openChosen({m_prompts->rangesToOpen()}); });
    on(m_actions.addSamples, [=, this] { openChosen(m_prompts->samplesToOpen(false)); });
    on(m_actions.addSampleFolder, [=, this] { openChosen(m_prompts->samplesToOpen(true)); });
    on(m_actions.save, [this] {
        // A range file has no session to save: its changes go out as the file that it is.
        if (m_document.session() && !m_document.session()->rangesPath.empty())
            showExport();
        else
            m_files.save();
    });
    on(m_actions.saveAs, [this] { m_files.saveAs(); });
    on(m_actions.exportRanges, [this] { showExport(); });
    on(m_actions.savePicture, &MainWindow::savePicture);
    on(m_actions.close, &MainWindow::closeDocument);
    on(m_actions.quit, &QWidget::close);
    on(m_actions.undo, [this] { m_document.undoStack().undo(); });
    on(m_actions.redo, [this] { m_document.undoStack().redo(); });
    on(m_actions.back, [this] { m_history.back(); });
    on(m_actions.forward, [this] { m_history.forward(); });
    on(m_actions.goTo, [this] { m_commands->setFocus(Qt::ShortcutFocusReason); });
    on(m_actions.calibrate, [this] { m_calibration.start(); });
    on(m_actions.cancel, [this] { m_calibration.cancel(); });
    on(m_actions.setup, [this] { m_tabs->setCurrentWidget(m_calibrationPage); });
    on(m_actions.locateModel, [this] {
        const QString path = m_prompts->modelToOpen();
        if (path.isEmpty())
            return;
        m_messages->clear();
        m_files.locateModel(path);
    });
    on(m_actions.systemTheme, [] { Theme::instance().setAppearance(Appearance::System); });
    on(m_actions.lightTheme, [] { Theme::instance().setAppearance(Appearance::Light); });
    on(m_actions.darkTheme, [] { Theme::instance().setAppearance(Appearance::Dark); });
    on(m_actions.fullScreen, [this](bool full) { full ? showFullScreen() : showNormal(); });
    on(m_actions.resetLayout, [this] {
        restoreState(m_firstLayout);
        showDocument();
    });
    on(m_actions.whatsThis, [] { QWhatsThis::enterWhatsThisMode(); });
    on(m_actions.about, &MainWindow::showAbout);
    QUndoStack& stack = m_document.undoStack();
    connect(&stack, &QUndoStack::indexChanged, this, &MainWindow::refreshActions);
    connect(&m_history, &SelectionHistory::changed, this, &MainWindow::refreshActions);
}

void MainWindow::refreshActions() {
    const session::Session* session = m_document.session();
    const bool hasSettings = session && (!session->samples.empty() || !session->rangesPath.empty());
    const bool isRunning = m_calibration.isRunning();
    m_actions.save->setEnabled(hasSettings && !isRunning);
    m_actions.saveAs->setEnabled(hasSettings && session->rangesPath.empty() && !isRunning);
    m_actions.exportRanges->setEnabled(hasSettings && !isRunning);
    m_actions.savePicture->setEnabled(hasSettings);
    m_actions.close->setEnabled(session && !isRunning);
    m_actions.undo->setEnabled(m_document.undoStack().canUndo() && !isRunning);
    m_actions.redo->setEnabled(m_document.undoStack().canRedo() && !isRunning);
    m_actions.undo->setText(m_document.undoStack().canUndo()
                                ? tr("&Undo %1").arg(m_document.undoStack().undoText())
                                : tr("&Undo"));
    m_actions.redo->setText(m_document.undoStack().canRedo()
                                ? tr("&Redo %1").arg(m_document.undoStack().redoText())
                                : tr("&Redo"));
    m_actions.back->setEnabled(m_history.canGoBack());
    m_actions.forward->setEnabled(m_history.canGoForward());
    m_actions.calibrate->setVisible(!isRunning);
    m_actions.calibrate->setEnabled(session && !isRunning);
    m_actions.cancel->setVisible(isRunning);
    m_actions.cancel->setEnabled(isRunning);
    m_actions.cancel->setShortcut(isRunning ? QKeySequence(Qt::Key_Escape) : QKeySequence());
    m_actions.setup->setEnabled(session);
    m_actions.locateModel->setEnabled(session && !isRunning);
    m_method->setEnabled(session && session->rangesPath.empty() && !isRunning &&
                         !m_methodJobs.isRunning());
    const bool isCalibrated = session && !session->samples.empty();
    m_method->setCurrentText(
        QString::fromStdString(isCalibrated ? session->method : m_calibration.request().method));
}

void MainWindow::refreshTitle() {
    const session::Session* session = m_document.session();
    QString name;
    if (session)
        name = !m_document.path().isEmpty() ? QFileInfo(m_document.path()).fileName()
               : !session->rangesPath.empty()
                   ? QFileInfo(QString::fromStdString(session->rangesPath)).fileName()
                   : QString::fromStdString(session->modelName);
    setWindowTitle(session ? tr("%1[*] – Clipscope").arg(name) : QStringLiteral("Clipscope"));
    setWindowModified(m_document.isModified());
}

void MainWindow::applyMethod(const QString& method) {
    session::CalibrationRequest request = m_calibration.request();
    request.method = method.toStdString();
    request.parameters.clear();
    m_calibration.setRequest(request);
    const auto session = m_document.sharedSession();
    if (!session || session->samples.empty() || session->method == request.method)
        return;
    m_methodJobs.start(
        [session, request](const CancellationToken& cancel, const ProgressSink&) {
            return session::chooseThresholds(*session, threshold::findMethod(request.method),
                                             request.parameters, request.useGroups, cancel);
        },
        [this, session](const session::SessionThresholds& choice) {
            if (m_document.sharedSession() == session)
                m_document.changeMethod(choice);
        },
        [this](const QString& message) { fail(message); });
    refreshActions();
}

QWidget* MainWindow::showExport() {
    if (!m_actions.exportRanges->isEnabled())
        return nullptr;
    auto* dialog = new ExportDialog(m_document, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ExportDialog::exported, this, [this](const QString& path, int tensors) {
        const QString text =
            tr("Exported %1 to %2")
                .arg(pluralText(static_cast<uint64_t>(tensors), tr("tensor"), tr("tensors")), path);
        m_log.add(LogLevel::Information, text);
        m_status->tell(text);
        m_messages->showMessage(Severity::Ok, text);
    });
    dialog->show();
    return dialog;
}

void MainWindow::closeDocument() {
    if (!m_files.mayDiscard())
        return;
    m_messages->clear();
    m_calibration.setRequest({});
    m_document.setSession(nullptr, {});
    m_status->tell(tr("Ready"));
}

void MainWindow::savePicture() {
    const QString path = m_prompts->pictureToSave(QStringLiteral("plots.png"));
    if (path.isEmpty())
        return;
    if (m_tensorPage->savePicture(path))
        m_status->tell(tr("Saved %1").arg(path));
    else
        fail(tr("%1 cannot be written: choose another folder, and .png, .svg or .pdf as its end.")
                 .arg(path));
}

void MainWindow::noteRecent(const QString& path) {
    const session::Session* session = m_document.session();
    if (!session)
        return;
    RecentFile entry;
    entry.path = QFileInfo(path).absoluteFilePath();
    entry.kind = !session->rangesPath.empty() ? RecentFile::Kind::Ranges
                 : session->samples.empty()   ? RecentFile::Kind::Model
                                              : RecentFile::Kind::Session;
    entry.tensors = static_cast<int>(
        std::ranges::count_if(session->tensors, &session::TensorEntry::isActivation));
    entry.method = QString::fromStdString(entry.kind == RecentFile::Kind::Session  ? session->method
                                          : entry.kind == RecentFile::Kind::Ranges ? session->header
                                                                                   : "");
    entry.samples = static_cast<int>(session->samples.size());
    entry.edited = m_document.editedCount();
    entry.isPartial = session->isPartial;
    m_recent.note(entry);
}

void MainWindow::openExample(const QString& model) {
    open({model, QFileInfo(model).absolutePath() + QStringLiteral("/digits")});
}

void MainWindow::showAbout() {
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Clipscope"),
                                QStringLiteral("Clipscope %1").arg(QLatin1String(kVersion)),
                                QMessageBox::Close, this);
    box->setObjectName(QStringLiteral("aboutDialog"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(applicationIcon().pixmap(48, 48));
    box->setInformativeText(
        tr("See, adjust and export the ranges of a quantized network.\n\n"
           "The manual is README.md; every number has a tooltip, and Shift+F1 explains what is "
           "clicked. The same work on the command line: clipscope --help.\n\n"
           "Window: GPL-3.0-or-later. Library and command line: Apache-2.0."));
    box->open();
}

}  // namespace clipscope::widgets
