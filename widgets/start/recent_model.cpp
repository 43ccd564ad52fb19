// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/recent_model.h"

#include "widgets/start/recent_files.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kShortcuts = 9;

QString kindText(RecentFile::Kind kind) {
    switch (kind) {
        case RecentFile::Kind::Model:
            return RecentModel::tr("Model");
        case RecentFile::Kind::Session:
            return RecentModel::tr("Session");
        case RecentFile::Kind::Ranges:
            return RecentModel::tr("Ranges without histograms");
    }
    return {};
}

bool isNumber(int column) {
    return column == RecentModel::Tensors || column == RecentModel::Samples ||
           column == RecentModel::Edited;
}

QVariant sortValue(const RecentFile& file, int row, int column) {
    switch (column) {
        case RecentModel::Kind:
            return static_cast<int>(file.kind);
        case RecentModel::Name:
            return file.name().toLower();
        case RecentModel::Tensors:
            return file.tensors;
        case RecentModel::Method:
            return file.method;
        case RecentModel::Samples:
            return file.samples;
        case RecentModel::Edited:
            return file.edited;
        case RecentModel::Opened:
            return file.opened;
        default:
            return row;
    }
}

QString countOrNone(int count) {
    return count == 0 ? QString() : countText(static_cast<uint64_t>(count));
}

}  // namespace

RecentModel::RecentModel(RecentFiles& files, QObject* parent)
    : QAbstractTableModel(parent), m_files(files), m_rows(static_cast<int>(files.files().size())) {
    connect(&files, &RecentFiles::changed, this, [this] {
        beginResetModel();
        m_rows = static_cast<int>(m_files.files().size());
        endResetModel();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (m_rows > 0)
            emit dataChanged(index(0, 0), index(m_rows - 1, ColumnCount - 1), {Qt::ForegroundRole});
    });
}

int RecentModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_rows;
}

int RecentModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

const RecentFile& RecentModel::file(int row) const {
    return m_files.files()[row];
}

QString RecentModel::text(const RecentFile& file, int row, int column) const {
    switch (column) {
        case Name:
            return file.name();
        case Tensors:
            return countOrNone(file.tensors);
        case Method:
            return file.isPartial ? tr("partial") : file.method;
        case Samples:
            return countOrNone(file.samples);
        case Edited:
            return file.edited == 0 ? QStringLiteral("·") : countOrNone(file.edited);
        case Opened:
            return openedText(file.opened, QDateTime::currentDateTime());
        case Shortcut:
            return row < kShortcuts ? tr("Ctrl+%1").arg(row + 1) : QString();
        default:
            return {};
    }
}

QVariant RecentModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const RecentFile& entry = file(index.row());
    const int column = index.column();
    switch (role) {
        case Qt::DisplayRole:
            return text(entry, index.row(), column);
        case Qt::TextAlignmentRole:
            return QVariant(Qt::AlignVCenter | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft));
        case Qt::ToolTipRole:
            if (column == Kind)
                return kindText(entry.kind);
            if (column == Method && entry.isPartial)
                return tr("The calibration (%1) was stopped before all samples were seen")
                    .arg(entry.method);
            if (column == Opened)
                return entry.opened.toString(QStringLiteral("yyyy-MM-dd HH:mm"));
            return entry.path;
        case Qt::AccessibleTextRole:
            return column == Kind ? kindText(entry.kind) : text(entry, index.row(), column);
        case Qt::ForegroundRole:
            if (column == Method && entry.isPartial)
                return widgets::colors().warning;
            return column == Shortcut ? QVariant(widgets::colors().muted) : QVariant();
        case PathRole:
            return entry.path;
        case FolderRole:
            return entry.folder();
        case SortRole:
            return sortValue(entry, index.row(), column);
        case FindRole:
            return entry.name() + QLatin1Char(' ') + entry.path + QLatin1Char(' ') + entry.folder();
        default:
            return {};
    }
}

QVariant RecentModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    static const QStringList kTitles = {{},           tr("Name"),    tr("Tensors"),
                                        tr("Method"), tr("Samples"), tr("Edited"),
                                        tr("Opened"), tr("Shortcut")};
    static const QStringList kTips = {
        tr("What the file is"),
        tr("Name and folder of the file"),
        tr("Number of tensors in it"),
        tr("Method that chose the thresholds, or what wrote the ranges"),
        tr("Number of samples it was calibrated with"),
        tr("Number of tensors changed by hand"),
        tr("When it was last open"),
        tr("Key that opens it"),
    };
    return role == Qt::DisplayRole ? kTitles[section] : kTips[section];
}

}  // namespace clipscope::widgets
