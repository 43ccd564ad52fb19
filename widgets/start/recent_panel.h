// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

#include "widgets/document/job_runner.h"

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTableView;

namespace clipscope::widgets {

class RecentFiles;
class RecentModel;

/// The recent files with a field to find one. Each time it comes into view it takes off the list
/// what is no longer there, and says so.
class RecentPanel : public QWidget {
    Q_OBJECT

public:
    explicit RecentPanel(RecentFiles& files, QWidget* parent = nullptr);

signals:
    void fileRequested(const QString& path);

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeHead();
    void setUpTable();
    void addShortcuts();
    void addContextMenu();
    void openRow(int proxyRow);
    void removeSelected();
    void checkFiles();
    void tellMissing(const QStringList& paths);
    void showMissing();
    void fitColumns();
    void fitTable();
    void applyColors();
    QString selectedPath() const;

    RecentFiles& m_files;
    RecentModel* m_model;
    QSortFilterProxyModel* m_proxy;
    QLineEdit* m_find;
    QTableView* m_table;
    QLabel* m_empty;
    QLabel* m_missing;
    QLabel* m_missingList;
    QStringList m_missingPaths;
    JobRunner m_check;
};

}  // namespace clipscope::widgets
