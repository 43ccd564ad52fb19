// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QTime>
#include <vector>

namespace clipscope::widgets {

enum class LogLevel { Information, Warning, Error };

/// What the program had to say, in order.
class LogModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Time, Level, Text, kColumns };
    static constexpr int kMost = 5000;  ///< older lines go

    using QAbstractTableModel::QAbstractTableModel;

    void add(LogLevel level, const QString& text, const QTime& time = QTime::currentTime());
    void clear();
    int count(LogLevel level) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Line {
        QTime time;
        LogLevel level = LogLevel::Information;
        QString text;
    };
    std::vector<Line> m_lines;
};

}  // namespace clipscope::widgets
