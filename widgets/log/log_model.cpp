// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/log/log_model.h"

#include <QFontDatabase>
#include <algorithm>

#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {

void LogModel::add(LogLevel level, const QString& text, const QTime& time) {
    if (m_lines.size() >= kMost) {
        beginRemoveRows({}, 0, 0);
        m_lines.erase(m_lines.begin());
        endRemoveRows();
    }
    const int row = rowCount();
    beginInsertRows({}, row, row);
    m_lines.push_back({time, level, text});
    endInsertRows();
}

void LogModel::clear() {
    beginResetModel();
    m_lines.clear();
    endResetModel();
}

int LogModel::count(LogLevel level) const {
    return static_cast<int>(std::ranges::count(m_lines, level, &Line::level));
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int LogModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Line& line = m_lines[static_cast<size_t>(index.row())];
    const bool isWarning = line.level != LogLevel::Information;
    if (role == Qt::ToolTipRole)
        return line.text;
    if (index.column() == Time && role == Qt::DisplayRole)
        return line.time.toString(QStringLiteral("HH:mm:ss"));
    if (index.column() == Time && role == Qt::FontRole)
        return QFontDatabase::systemFont(QFontDatabase::FixedFont);
    if (index.column() == Time && role == Qt::ForegroundRole)
        return colors().muted;
    if (index.column() == Text && role == Qt::DisplayRole)
        return line.text;
    if (index.column() == Level && role == Qt::DecorationRole) {
        if (line.level == LogLevel::Error)
            return iconPixmap(QStringLiteral("error"), colors().error);
        return isWarning ? iconPixmap(QStringLiteral("warning"), colors().warning)
                         : iconPixmap(QStringLiteral("information"), colors().muted);
    }
    if (index.column() == Level && role == Qt::AccessibleTextRole)
        return line.level == LogLevel::Error ? tr("error") : isWarning ? tr("warning") : tr("note");
    return {};
}

}  // namespace clipscope::widgets
