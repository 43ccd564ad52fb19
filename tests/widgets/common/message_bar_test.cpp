// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/message_bar.h"

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QVBoxLayout>

#include <gtest/gtest.h>

#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

class MessageBarTest : public testing::Test {
protected:
    MessageBarTest() {
        auto* column = new QVBoxLayout(&m_window);
        m_bar = new MessageBar;
        column->addWidget(m_bar);
        column->addStretch();
        m_window.resize(600, 400);
        m_window.show();
    }
    QLabel* label(const char* name) const { return m_bar->findChild<QLabel*>(name); }
    QImage iconImage() const { return label("messageIcon")->pixmap().toImage(); }

    QWidget m_window;
    MessageBar* m_bar = nullptr;
};

TEST_F(MessageBarTest, IsHiddenUntilItHasSomethingToSay) {
    EXPECT_FALSE(m_bar->isVisible());
    m_bar->showMessage(Severity::Error, "'a.onnx' is <truncated>");
    EXPECT_TRUE(m_bar->isVisible());
    EXPECT_EQ(label("messageText")->text(), "'a.onnx' is <truncated>");
    EXPECT_EQ(label("messageText")->textFormat(), Qt::PlainText);
    EXPECT_TRUE(label("messageText")->textInteractionFlags() & Qt::TextSelectableByMouse);
    EXPECT_EQ(m_bar->accessibleName(), "Error: 'a.onnx' is <truncated>");
    m_bar->clear();
    EXPECT_FALSE(m_bar->isVisible());
    EXPECT_EQ(m_bar->text(), "");
}

TEST_F(MessageBarTest, SeverityHasItsIconAndThemeItsColours) {
    Theme::instance().setAppearance(Appearance::Light);
    QList<QImage> seen;
    for (const Severity severity :
         {Severity::Information, Severity::Ok, Severity::Warning, Severity::Error}) {
        m_bar->showMessage(severity, "text");
        EXPECT_EQ(m_bar->severity(), severity);
        EXPECT_FALSE(iconImage().isNull());
        EXPECT_FALSE(seen.contains(iconImage()));
        seen << iconImage();
    }
    Theme::instance().setAppearance(Appearance::Dark);
    EXPECT_NE(iconImage(), seen.last());
    Theme::instance().setAppearance(Appearance::Light);
    EXPECT_EQ(iconImage(), seen.last());
}

TEST_F(MessageBarTest, ButtonsAreTheActions) {
    QAction locate("Locate…");
    locate.setObjectName("locateModel");
    locate.setToolTip("Choose where the model is now");
    QSignalSpy triggered(&locate, &QAction::triggered);
    m_bar->showMessage(Severity::Warning, "The model moved.", {&locate});
    auto* button = m_bar->findChild<QPushButton*>("locateModelButton");
    ASSERT_NE(button, nullptr);
    EXPECT_EQ(button->text(), "Locate…");
    EXPECT_EQ(button->toolTip(), "Choose where the model is now");
    QTest::mouseClick(button, Qt::LeftButton);
    EXPECT_EQ(triggered.count(), 1);
    EXPECT_TRUE(m_bar->isVisible());

    locate.setEnabled(false);
    EXPECT_FALSE(button->isEnabled());
    // Another message has its own buttons, or none.
    m_bar->showMessage(Severity::Ok, "Saved.");
    EXPECT_FALSE(button->isVisible());
}

TEST_F(MessageBarTest, AnActionMayReplaceTheMessageItWasIn) {
    QAction retry("Retry");
    retry.setObjectName("retry");
    QObject::connect(&retry, &QAction::triggered, m_bar,
                     [this] { m_bar->showMessage(Severity::Ok, "Read."); });
    m_bar->showMessage(Severity::Error, "Cannot be read.", {&retry});
    QTest::mouseClick(m_bar->findChild<QPushButton*>("retryButton"), Qt::LeftButton);
    EXPECT_EQ(m_bar->text(), "Read.");
}

TEST_F(MessageBarTest, AnActionThatGoesTakesItsButton) {
    auto* action = new QAction("Gone");
    action->setObjectName("gone");
    m_bar->showMessage(Severity::Error, "text", {action});
    delete action;
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    EXPECT_EQ(m_bar->findChild<QPushButton*>("goneButton"), nullptr);
    m_bar->showMessage(Severity::Error, "more");
}

TEST_F(MessageBarTest, TheUserClosesItByButtonOrEsc) {
    QSignalSpy closed(m_bar, &MessageBar::closed);
    m_bar->showMessage(Severity::Information, "text");
    QTest::mouseClick(m_bar->findChild<QToolButton*>("closeMessageButton"), Qt::LeftButton);
    EXPECT_FALSE(m_bar->isVisible());
    m_bar->showMessage(Severity::Information, "text");
    QTest::keyClick(m_bar, Qt::Key_Escape);
    EXPECT_FALSE(m_bar->isVisible());
    EXPECT_EQ(closed.count(), 2);
}

TEST_F(MessageBarTest, ALongTextGetsTheLinesItNeeds) {
    m_bar->showMessage(Severity::Error, "short");
    QCoreApplication::processEvents();
    const int one = m_bar->height();
    m_bar->showMessage(Severity::Error, QString("a rather long sentence ").repeated(20));
    const QLabel* text = label("messageText");
    EXPECT_TRUE(QTest::qWaitFor([&] { return m_bar->height() > one; }));
    EXPECT_GE(text->height(), text->heightForWidth(text->width()));
}

}  // namespace
}  // namespace clipscope::widgets
