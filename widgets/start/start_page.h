// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;

namespace clipscope::widgets {

class DropArea;
class RecentFiles;

/// What the window shows while nothing is open. It opens nothing itself: it says what was asked
/// for. Ctrl+1 to Ctrl+9 open the recent files while it is seen; Ctrl+O and Ctrl+Shift+O are the
/// window's.
class StartPage : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(RecentFiles& recent, QWidget* parent = nullptr);

signals:
    void openModelRequested();
    void openRangesRequested();  ///< a session or a cache
    void exampleRequested(const QString& modelPath);
    void fileRequested(const QString& path);
    void filesDropped(const QStringList& paths);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeTitle();
    QWidget* makeActions();
    QWidget* makeFiles(RecentFiles& recent);
    void applyColors();

    QList<QLabel*> m_muted;
    DropArea* m_dropArea;
};

}  // namespace clipscope::widgets
