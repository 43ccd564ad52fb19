// SPDX-License-Identifier: GPL-3.0-or-later
#include <QMenuBar>
#include <map>
#include <set>

#include "tests/widgets/window/window_fixture.h"

namespace clipscope::widgets {
namespace {

std::set<const QAction*> actionsInMenus(const MainWindow& window) {
    std::set<const QAction*> found;
    for (const QMenu* menu : window.menuBar()->findChildren<QMenu*>())
        for (const QAction* action : menu->actions())
            found.insert(action);
    return found;
}

bool isOurs(const QAction* action) {
    const QString name = action->objectName();
    return !action->isSeparator() && !action->menu() && !name.startsWith(QStringLiteral("qt_")) &&
           !name.startsWith(QStringLiteral("_q_"));
}

/// A part that Qt makes inside its own widgets.
bool isQts(const QWidget* widget) {
    const QString type = QString::fromLatin1(widget->metaObject()->className());
    return widget->objectName().startsWith(QStringLiteral("qt_")) ||
           type == QStringLiteral("QDockWidgetTitleButton") ||
           type == QStringLiteral("QTableCornerButton") ||
           type == QStringLiteral("QLineEditIconButton") ||
           type == QStringLiteral("QToolBarExtension") ||
           qobject_cast<const QTabBar*>(widget->parentWidget()) ||
           qobject_cast<const QToolBar*>(widget->parentWidget());
}

TEST_F(WindowTest, EveryActionCanBeReachedAndExplainsItself) {
    const std::set<const QAction*> inMenus = actionsInMenus(window());
    int seen = 0;
    for (const QAction* action : inMenus) {
        if (!isOurs(action))
            continue;
        ++seen;
        EXPECT_FALSE(action->objectName().isEmpty()) << action->text().toStdString();
        // Qt's own tooltip is the text: that explains nothing.
        QString bare = action->text();
        EXPECT_NE(action->toolTip(), bare.remove('&')) << action->objectName().toStdString();
    }
    EXPECT_GE(seen, 40);
    for (const QAction* action : window().findChildren<QAction*>()) {
        if (!isOurs(action) || action->text().isEmpty() || action->objectName().isEmpty())
            continue;
        EXPECT_TRUE(inMenus.contains(action) || !action->shortcut().isEmpty() ||
                    !action->associatedObjects().isEmpty())
            << action->objectName().toStdString();
    }
}

TEST_F(WindowTest, NoTwoActionsShareAShortcutInTheWindow) {
    std::map<QString, QString> taken;
    for (const QAction* action : actionsInMenus(window())) {
        if (action->shortcutContext() != Qt::WindowShortcut)
            continue;
        for (const QKeySequence& keys : action->shortcuts()) {
            const auto [at, isNew] = taken.emplace(keys.toString(), action->objectName());
            EXPECT_TRUE(isNew) << keys.toString().toStdString() << ": " << at->second.toStdString()
                               << " and " << action->objectName().toStdString();
        }
    }
}

TEST_F(WindowTest, WhatCannotBeDoneIsNotOffered) {
    for (const char* name : {"save", "saveAs", "export", "undo", "redo", "back", "forward",
                             "calibrate", "closeDocument", "savePicture"})
        EXPECT_FALSE(action(name)->isEnabled()) << name;
    EXPECT_EQ(window().showExport(), nullptr);
    for (const char* name : {"openModel", "openRanges", "addSamples", "quit", "goTo"})
        EXPECT_TRUE(action(name)->isEnabled()) << name;
}

TEST_F(WindowTest, EveryControlHasANameAndATooltip) {
    calibrateExample();
    for (const QWidget* widget : window().findChildren<QWidget*>()) {
        const bool isControl = qobject_cast<const QAbstractButton*>(widget) ||
                               qobject_cast<const QComboBox*>(widget) ||
                               qobject_cast<const QLineEdit*>(widget);
        if (!isControl || isQts(widget))
            continue;
        EXPECT_FALSE(widget->objectName().isEmpty())
            << widget->metaObject()->className() << " in "
            << widget->parentWidget()->objectName().toStdString();
        EXPECT_FALSE(widget->toolTip().isEmpty()) << widget->objectName().toStdString();
    }
}

}  // namespace
}  // namespace clipscope::widgets
