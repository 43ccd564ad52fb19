// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QDockWidget>
#include <QMainWindow>
#include <QSettings>
#include <QStackedWidget>
#include <QTabWidget>
#include <memory>

#include "widgets/calibration/calibration_controller.h"
#include "widgets/calibration/calibration_page.h"
#include "widgets/common/message_bar.h"
#include "widgets/document/document.h"
#include "widgets/inspector/inspector_pane.h"
#include "widgets/log/log_model.h"
#include "widgets/plots/tensor_page.h"
#include "widgets/start/recent_files.h"
#include "widgets/start/start_page.h"
#include "widgets/tensors/tensors_pane.h"
#include "widgets/window/actions.h"
#include "widgets/window/command_field.h"
#include "widgets/window/document_files.h"
#include "widgets/window/prompts.h"
#include "widgets/window/selection_history.h"
#include "widgets/window/status_strip.h"

namespace clipscope::widgets {

/// The window: start page, or table, plots and inspector around one document.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// `settings` keeps recent files, the layout and the device; it must outlive the window.
    explicit MainWindow(QSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    Document& document() { return m_document; }
    CalibrationController& calibration() { return m_calibration; }
    DocumentFiles& files() { return m_files; }
    TensorPage& tensorPage() { return *m_tensorPage; }
    CalibrationPage& calibrationPage() { return *m_calibrationPage; }
    TensorsPane& tensorsPane() { return *m_tensors; }
    InspectorPane& inspector() { return *m_inspector; }
    LogModel& log() { return m_log; }
    MessageBar& messageBar() { return *m_messages; }

    /// In place of the desktop's dialogs.
    void setPrompts(std::unique_ptr<Prompts> prompts);
    /// Nothing is being read or computed: what is shown is final.
    bool isSettled() const;

public slots:
    void open(const QStringList& paths) { m_files.open(paths); }
    /// Not modal; null while nothing can be exported.
    QWidget* showExport();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makePages();
    void makeDocks();
    QDockWidget* makeDock(const char* name, const QString& title, QWidget* content);
    void makeMenus();
    void makeToolBar();
    void connectActions();
    void connectDocument();
    void connectCalibration();
    void connectStart();
    void restoreDevice();
    void forgetMissingDevice();

    void showDocument();
    void showRunning(bool running);
    void takeCalibration(std::shared_ptr<session::Session> session);
    void tellNotes(const session::Session& session);
    void noteRecent(const QString& path);
    void openExample(const QString& model);
    void applyMethod(const QString& method);
    void closeDocument();
    void savePicture();
    void showAbout();
    void refreshActions();
    void refreshTitle();
    void fail(const QString& message);
    void warn(const QString& message);

    QSettings& m_settings;
    std::unique_ptr<Prompts> m_prompts;
    Document m_document;
    CalibrationController m_calibration;
    DocumentFiles m_files;
    SelectionHistory m_history;
    LogModel m_log;
    JobRunner m_methodJobs;
    RecentFiles m_recent;
    Actions m_actions;
    QByteArray m_firstLayout;
    std::string m_restoredDevice;  ///< a GPU of an earlier start that nobody has looked for yet

    MessageBar* m_messages = nullptr;
    QStackedWidget* m_pages = nullptr;
    StartPage* m_start = nullptr;
    QTabWidget* m_tabs = nullptr;
    TensorPage* m_tensorPage = nullptr;
    CalibrationPage* m_calibrationPage = nullptr;
    QStackedWidget* m_left = nullptr;
    TensorsPane* m_tensors = nullptr;
    QWidget* m_live = nullptr;
    QStackedWidget* m_right = nullptr;
    InspectorPane* m_inspector = nullptr;
    QWidget* m_resources = nullptr;
    QDockWidget* m_tensorsDock = nullptr;
    QDockWidget* m_inspectorDock = nullptr;
    QDockWidget* m_logDock = nullptr;
    QComboBox* m_method = nullptr;
    CommandField* m_commands = nullptr;
    StatusStrip* m_status = nullptr;
};

}  // namespace clipscope::widgets
