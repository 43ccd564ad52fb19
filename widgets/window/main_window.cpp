// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/main_window.h"

#include <QCloseEvent>
#include <QFileInfo>
#include <QMimeData>
#include <QVBoxLayout>
#include <utility>

#include "widgets/calibration/live_pane.h"
#include "widgets/calibration/resources_pane.h"
#include "widgets/exporting/export_dialog.h"
#include "widgets/log/log_pane.h"
#include "widgets/start/examples.h"
#include "widgets/style/icons.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

const QString kLayoutKey = QStringLiteral("window/layout");
const QString kGeometryKey = QStringLiteral("window/geometry");
const QString kColumnsKey = QStringLiteral("window/columns");
const QString kDeviceKey = QStringLiteral("calibration/device");
constexpr QSize kFirstSize(1600, 900);
constexpr int kTensorsWidth = 640;
constexpr int kInspectorWidth = 336;
constexpr int kLogHeight = 150;

}  // namespace

MainWindow::MainWindow(QSettings& settings, QWidget* parent)
    : QMainWindow(parent),
      m_settings(settings),
      m_prompts(std::make_unique<DialogPrompts>(this)),
      m_files(m_document, m_calibration),
      m_history(m_document),
      m_recent(settings),
      m_actions(this) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    setDockNestingEnabled(true);
    resize(kFirstSize);
    m_files.setPrompts(m_prompts.get());
    makePages();
    makeDocks();
    makeMenus();
    makeToolBar();
    m_status = new StatusStrip(m_document, m_calibration);
    setStatusBar(m_status);
    connectActions();
    connectDocument();
    connectCalibration();
    connectStart();
    m_firstLayout = saveState();
    restoreGeometry(m_settings.value(kGeometryKey).toByteArray());
    restoreState(m_settings.value(kLayoutKey).toByteArray());
    m_tensors->restoreState(m_settings.value(kColumnsKey).toByteArray());
    restoreDevice();
    showDocument();
}

MainWindow::~MainWindow() = default;

void MainWindow::setPrompts(std::unique_ptr<Prompts> prompts) {
    m_files.setPrompts(prompts.get());
    m_prompts = std::move(prompts);
}

bool MainWindow::isSettled() const {
    return !m_files.isOpening() && !m_calibration.isRunning() &&
           !m_calibration.devices().isAsking() && !m_methodJobs.isRunning() &&
           m_tensorPage->isComplete() && m_inspector->isComplete() && m_tensors->isComplete() &&
           m_calibrationPage->setup().preview().isComplete();
}

void MainWindow::makePages() {
    m_messages = new MessageBar;
    m_start = new StartPage(m_recent);
    m_tensorPage = new TensorPage(m_document);
    m_calibrationPage = new CalibrationPage(m_calibration);
    m_tabs = new QTabWidget;
    m_tabs->setObjectName(QStringLiteral("tabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_tensorPage, tr("Tensor"));
    m_tabs->setTabToolTip(0, tr("Histogram, curves and thresholds of the selected tensor"));
    m_tabs->addTab(m_calibrationPage, tr("Calibration"));
    m_tabs->setTabToolTip(1, tr("Samples, preprocessing and method of a calibration, and its run"));
    m_pages = new QStackedWidget;
    m_pages->setObjectName(QStringLiteral("pages"));
    m_pages->addWidget(m_start);
    m_pages->addWidget(m_tabs);
    auto* central = new QWidget;
    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_messages);
    layout->addWidget(m_pages, 1);
    setCentralWidget(central);
}

QDockWidget* MainWindow::makeDock(const char* name, const QString& title, QWidget* content) {
    auto* dock = new QDockWidget(title);
    dock->setObjectName(QLatin1String(name));
    dock->setWidget(content);
    return dock;
}

void MainWindow::makeDocks() {
    m_tensors = new TensorsPane(m_document);
    m_live = new LivePane(m_calibration);
    m_left = new QStackedWidget;
    m_left->addWidget(m_tensors);
    m_left->addWidget(m_live);
    m_tensorsDock = makeDock("tensorsDock", tr("Tensors"), m_left);
    m_inspector = new InspectorPane(m_document);
    m_resources = new ResourcesPane(m_calibration);
    m_right = new QStackedWidget;
    m_right->addWidget(m_inspector);
    m_right->addWidget(m_resources);
    m_inspectorDock = makeDock("inspectorDock", tr("Inspector"), m_right);
    m_logDock = makeDock("logDock", tr("Log"), new LogPane(m_log));
    addDockWidget(Qt::LeftDockWidgetArea, m_tensorsDock);
    addDockWidget(Qt::RightDockWidgetArea, m_inspectorDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_logDock);
    resizeDocks({m_tensorsDock, m_inspectorDock}, {kTensorsWidth, kInspectorWidth}, Qt::Horizontal);
    resizeDocks({m_logDock}, {kLogHeight}, Qt::Vertical);
    m_logDock->hide();
}

void MainWindow::connectDocument() {
    connect(&m_document, &Document::sessionChanged, this, &MainWindow::showDocument);
    connect(&m_document, &Document::modifiedChanged, this, &MainWindow::refreshTitle);
    connect(&m_document, &Document::noted, this, [this](const QString& text) {
        // Not in the message bar, which would move the plots under a hand that drags.
        m_log.add(LogLevel::Information, text);
        m_status->tell(text);
    });
    connect(&m_document.undoStack(), &QUndoStack::indexChanged, this, [this] {
        const QUndoStack& stack = m_document.undoStack();
        if (stack.index() > 0)
            m_status->tell(stack.undoText());
        else if (stack.canRedo())
            m_status->tell(tr("Undone: %1").arg(stack.redoText()));
    });
    connect(&m_files, &DocumentFiles::opened, this, [this](const QString& path) {
        m_messages->clear();
        m_log.add(LogLevel::Information, tr("Opened %1").arg(path));
        m_status->tell(tr("Opened %1").arg(QFileInfo(path).fileName()));
        tellNotes(*m_document.session());
        noteRecent(path);
        const bool isBareModel =
            m_document.session()->samples.empty() && m_document.session()->rangesPath.empty();
        m_tabs->setCurrentWidget(isBareModel ? static_cast<QWidget*>(m_calibrationPage)
                                             : m_tensorPage);
        if (!isBareModel)
            m_tensors->setFocus();
    });
    connect(&m_files, &DocumentFiles::samplesAdded, this, [this] {
        if (m_document.session())
            m_tabs->setCurrentWidget(m_calibrationPage);
        else
            m_messages->showMessage(Severity::Information,
                                    tr("The samples are noted. Open the model that they are for."),
                                    {m_actions.openModel});
    });
    connect(&m_files, &DocumentFiles::saved, this, [this](const QString& path) {
        m_status->tell(tr("Saved %1").arg(path));
        m_log.add(LogLevel::Information, tr("Saved %1").arg(path));
        noteRecent(path);
        refreshTitle();
    });
    connect(&m_files, &DocumentFiles::failed, this, &MainWindow::fail);
    connect(&m_files, &DocumentFiles::noted, this, &MainWindow::warn);
}

void MainWindow::connectCalibration() {
    connect(&m_calibration, &CalibrationController::runningChanged, this, &MainWindow::showRunning);
    connect(&m_calibration, &CalibrationController::requestChanged, this,
            &MainWindow::refreshActions);
    connect(&m_calibration, &CalibrationController::finished, this, &MainWindow::takeCalibration);
    connect(&m_calibration, &CalibrationController::cancelled, this, [this] {
        m_status->tell(tr("Cancelled: nothing was changed"));
        m_log.add(LogLevel::Information, tr("Calibration cancelled"));
    });
    connect(&m_calibration, &CalibrationController::failed, this, [this](const QString& message) {
        const session::CalibrationRequest& request = m_calibration.request();
        const bool isMoved = !request.model.empty() &&
                             !QFileInfo::exists(QString::fromStdString(request.model.string()));
        if (m_document.session())
            m_tabs->setCurrentWidget(m_calibrationPage);
        m_log.add(LogLevel::Error, message);
        m_messages->showMessage(
            Severity::Error, message,
            isMoved ? QList<QAction*>{m_actions.locateModel} : QList<QAction*>());
    });
}

/// Before the first start there is none, and the device is chosen automatically.
void MainWindow::restoreDevice() {
    const QString device = m_settings.value(kDeviceKey).toString();
    if (device.isEmpty())
        return;
    m_calibration.setDevice(device.toStdString());
    if (device != QLatin1String(kAutomaticDevice) && device != QLatin1String(kCpuDevice)) {
        m_restoredDevice = m_calibration.device();
        connect(&m_calibration.devices(), &DeviceList::changed, this,
                &MainWindow::forgetMissingDevice);
    }
}

/// What was chosen in this run of the program stays chosen.
void MainWindow::forgetMissingDevice() {
    const DeviceList& devices = m_calibration.devices();
    if (!devices.isKnown() || m_restoredDevice.empty())
        return;
    const std::string device = std::exchange(m_restoredDevice, {});
    if (device != m_calibration.device() || devices.find(device))
        return;
    m_calibration.setDevice(kAutomaticDevice);
    const QString text =
        tr("%1, which was chosen last time, is not there now: the device is chosen automatically, "
           "%2.")
            .arg(QString::fromStdString(device), devices.text(kAutomaticDevice));
    m_log.add(LogLevel::Warning, text);
    m_messages->showMessage(Severity::Warning, text);
}

void MainWindow::connectStart() {
    connect(m_start, &StartPage::openModelRequested, m_actions.openModel, &QAction::trigger);
    connect(m_start, &StartPage::openRangesRequested, m_actions.openRanges, &QAction::trigger);
    connect(m_start, &StartPage::exampleRequested, this, &MainWindow::openExample);
    connect(m_start, &StartPage::fileRequested, this,
            [this](const QString& path) { open({path}); });
    connect(m_start, &StartPage::filesDropped, this, &MainWindow::open);
    connect(m_tensors, &TensorsPane::addSamplesRequested, m_actions.setup, &QAction::trigger);
    connect(m_tensors, &TensorsPane::failed, this, &MainWindow::fail);
    connect(m_tensorPage, &TensorPage::calibrateRequested, m_actions.setup, &QAction::trigger);
    connect(m_tensorPage, &TensorPage::openModelRequested, this, [this] {
        // The model that a cache was opened on needs no second opening.
        const QString model = QString::fromStdString(m_calibration.request().model.string());
        (QFileInfo::exists(model) ? m_actions.setup : m_actions.openModel)->trigger();
    });
    connect(&m_calibrationPage->setup(), &SetupPage::modelRequested, m_actions.openModel,
            &QAction::trigger);
}

void MainWindow::showDocument() {
    const bool hasDocument = m_document.session() != nullptr;
    m_pages->setCurrentWidget(hasDocument ? static_cast<QWidget*>(m_tabs) : m_start);
    m_tensorsDock->setVisible(hasDocument);
    m_inspectorDock->setVisible(hasDocument);
    if (!hasDocument)
        m_logDock->hide();
    refreshActions();
    refreshTitle();
}

void MainWindow::showRunning(bool running) {
    m_left->setCurrentWidget(running ? m_live : m_tensors);
    m_right->setCurrentWidget(running ? m_resources : m_inspector);
    m_tensorsDock->setWindowTitle(running ? tr("Tensors, live") : tr("Tensors"));
    m_inspectorDock->setWindowTitle(running ? tr("Resources") : tr("Inspector"));
    if (running) {
        m_messages->clear();
        m_tabs->setCurrentWidget(m_calibrationPage);
        m_log.add(LogLevel::Information,
                  tr("Calibrating %1 with %2 on %3")
                      .arg(QString::fromStdString(m_calibration.request().model.string()),
                           QString::fromStdString(m_calibration.request().method),
                           m_calibration.devices().text(m_calibration.device())));
    }
    refreshActions();
}

void MainWindow::takeCalibration(std::shared_ptr<session::Session> session) {
    if (!m_files.mayDiscard()) {
        m_status->tell(tr("The new calibration was dropped; the document stays as it was"));
        return;
    }
    const session::Session& made = *session;
    const double elapsed = m_calibration.status().elapsed;
    QString summary = tr("Calibrated %1 with %2 samples in %3")
                          .arg(QString::fromStdString(made.modelName))
                          .arg(made.samples.size())
                          .arg(tr("%1 s").arg(elapsed, 0, 'f', 1));
    if (made.device != kCpuDevice)
        summary += tr(" on %1").arg(QString::fromStdString(made.device));
    m_document.setSession(std::move(session), {});
    m_tabs->setCurrentWidget(m_tensorPage);
    m_tensors->setFocus();
    m_log.add(LogLevel::Information, summary);
    m_status->tell(summary);
    tellNotes(*m_document.session());
}

void MainWindow::tellNotes(const session::Session& session) {
    for (const session::SkippedSample& sample : session.skipped)
        m_log.add(LogLevel::Warning, tr("Skipped %1: %2")
                                         .arg(QString::fromStdString(sample.id),
                                              QString::fromStdString(sample.reason)));
    QStringList notes;
    for (const std::string& note : session.notes)
        notes << inWindowWords(QString::fromStdString(note));
    for (const QString& note : notes)
        m_log.add(LogLevel::Warning, note);
    if (!session.skipped.empty())
        notes << tr("%1 could not be read and left out; the log names them.")
                     .arg(pluralText(session.skipped.size(), tr("sample"), tr("samples")));
    if (session.isPartial)
        notes.prepend(tr("This calibration was stopped early and is partial: %1. It is not "
                         "exported unless you allow that.")
                          .arg(pluralText(session.samples.size(), tr("sample"), tr("samples"))));
    if (!notes.isEmpty())
        m_messages->showMessage(Severity::Warning, notes.join(QLatin1Char('\n')));
}

void MainWindow::fail(const QString& message) {
    m_log.add(LogLevel::Error, message);
    m_messages->showMessage(Severity::Error, message);
}

void MainWindow::warn(const QString& message) {
    m_log.add(LogLevel::Warning, message);
    const bool isMoved =
        !QFileInfo::exists(QString::fromStdString(m_calibration.request().model.string()));
    m_messages->showMessage(Severity::Warning, message,
                            isMoved ? QList<QAction*>{m_actions.locateModel} : QList<QAction*>());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!m_files.mayDiscard()) {
        event->ignore();
        return;
    }
    m_calibration.cancel();
    m_settings.setValue(kGeometryKey, saveGeometry());
    if (m_document.session())
        m_settings.setValue(kLayoutKey, saveState());
    m_settings.setValue(kColumnsKey, m_tensors->saveState());
    m_settings.setValue(kDeviceKey, QString::fromStdString(m_calibration.device()));
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    if (paths.isEmpty())
        return fail(tr("Only files of this machine can be opened."));
    event->acceptProposedAction();
    open(paths);
}

}  // namespace clipscope::widgets
