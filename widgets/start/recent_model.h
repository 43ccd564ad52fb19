// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

namespace clipscope::widgets {

class RecentFiles;
struct RecentFile;

/// The recent files as a table, newest first.
class RecentModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Kind, Name, Tensors, Method, Samples, Edited, Opened, Shortcut, ColumnCount };
    enum Role {
        PathRole = Qt::UserRole,
        FolderRole,  ///< second line of the name
        SortRole,
        FindRole,  ///< what "Find in recent" looks through
    };

    explicit RecentModel(RecentFiles& files, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const RecentFile& file(int row) const;

private:
    QString text(const RecentFile& file, int row, int column) const;

    RecentFiles& m_files;
    int m_rows = 0;  ///< as the views were told
};

}  // namespace clipscope::widgets
