// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QLabel>
#include <QMimeData>
#include <QSettings>
#include <QTest>

#include <gtest/gtest.h>

#include "tests/temporary_folder.h"
#include "widgets/window/main_window.h"

namespace clipscope::widgets {

inline const QString kExamples = CLIPSCOPE_EXAMPLES;
inline constexpr int kPatience = 60'000;  ///< ms

/// Answers that a test gives in place of a user, and what was asked.
class TestPrompts : public Prompts {
public:
    struct Answers {
        QString model;
        QString ranges;
        QStringList samples;
        QString session;
        QString picture;
        Unsaved unsaved = Unsaved::Cancel;
        QStringList asked;
    };
    explicit TestPrompts(Answers& answers) : m_answers(answers) {}

    QString modelToOpen() override { return m_answers.model; }
    QString rangesToOpen() override { return m_answers.ranges; }
    QStringList samplesToOpen(bool) override { return m_answers.samples; }
    QString sessionToSave(const QString&) override { return m_answers.session; }
    QString pictureToSave(const QString&) override { return m_answers.picture; }
    Unsaved unsaved(const QString& what) override {
        m_answers.asked << what;
        return m_answers.unsaved;
    }

private:
    Answers& m_answers;
};

/// A window on settings of its own.
class WindowTest : public testing::Test {
protected:
    WindowTest()
        : m_settings(path("settings.ini"), QSettings::IniFormat),
          m_window(std::make_unique<MainWindow>(m_settings)) {
        m_window->setPrompts(std::make_unique<TestPrompts>(m_answers));
        m_window->resize(1600, 900);
        m_window->show();
        EXPECT_TRUE(QTest::qWaitForWindowExposed(m_window.get()));
    }

    MainWindow& window() { return *m_window; }
    Document& document() { return m_window->document(); }
    const session::TensorEntry& tensor(const char* name) {
        return document().session()->find(name);
    }
    void select(const char* name) {
        document().select(static_cast<int>(document().session()->indexOf(name)));
        EXPECT_TRUE(settle());
    }
    template <typename Widget>
    Widget* find(const char* name) {
        auto* found = m_window->findChild<Widget*>(QLatin1String(name));
        EXPECT_TRUE(found) << name;
        return found;
    }
    QAction* action(const char* name) { return find<QAction>(name); }
    QString path(const char* name) const {
        return QString::fromStdString((m_folder / name).string());
    }

    /// Until nothing is read or computed any more.
    bool settle() {
        QElapsedTimer waited;
        waited.start();
        bool isSettled = false;
        do {
            QApplication::processEvents(QEventLoop::AllEvents, 10);
            if (m_window->isSettled()) {
                QApplication::processEvents();  // which may begin something else
                isSettled = m_window->isSettled();
            }
        } while (!isSettled && waited.elapsed() < kPatience);
        return isSettled;
    }
    void open(const QStringList& paths) {
        m_window->open(paths);
        ASSERT_TRUE(settle());
    }
    /// The example, calibrated; not saved.
    void calibrateExample() {
        open({kExamples + "/lenet.onnx", kExamples + "/digits"});
        action("calibrate")->trigger();
        ASSERT_TRUE(settle());
        ASSERT_TRUE(document().session());
        ASSERT_EQ(document().session()->samples.size(), 360u);
    }
    /// What the message bar says; "" where it is hidden.
    std::string message() { return m_window->messageBar().text().toStdString(); }

    void drop(QWidget* on, const QStringList& paths) {
        QMimeData mime;
        QList<QUrl> urls;
        for (const QString& path : paths)
            urls << QUrl::fromLocalFile(path);
        mime.setUrls(urls);
        const QPoint at = on->rect().center();
        QDragEnterEvent enter(at, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(on, &enter);
        ASSERT_TRUE(enter.isAccepted());
        QDropEvent event(at, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(on, &event);
        ASSERT_TRUE(settle());
    }

    TemporaryFolder m_folder;
    TestPrompts::Answers m_answers;
    QSettings m_settings;
    std::unique_ptr<MainWindow> m_window;
};

}  // namespace clipscope::widgets
