// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/format_model.h"

#include <QPainter>
#include <algorithm>
#include <array>

#include "analysis/formats/format_table.h"
#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kRowHeight = 22;
constexpr int kIndent = 16;
constexpr int kMargin = 8;

QString text(std::string_view view) {
    return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
}

const std::array kFamilies{QT_TRANSLATE_NOOP("clipscope::widgets::FormatModel", "TensorRT"),
                           QT_TRANSLATE_NOOP("clipscope::widgets::FormatModel", "ONNX"),
                           QT_TRANSLATE_NOOP("clipscope::widgets::FormatModel", "Other targets"),
                           QT_TRANSLATE_NOOP("clipscope::widgets::FormatModel", "Data")};

/// Index into the families.
size_t familyOf(std::string_view id) {
    if (id == "tensorrt" || id == "ranges" || id.starts_with("snippet"))
        return 0;
    if (id.starts_with("qdq") || id.starts_with("ort"))
        return 1;
    return id == "csv" || id == "json" || id == "model-explorer" ? 3 : 2;
}

}  // namespace

FormatModel::FormatModel(QObject* parent) : QAbstractListModel(parent) {
    fill();
}

void FormatModel::fill() {
    m_rows.clear();
    const auto table = formats::formats();
    for (size_t family = 0; family < kFamilies.size(); ++family) {
        std::vector<Row> members;
        for (size_t i = 0; i < table.size(); ++i) {
            const formats::Format& format = table[i];
            if (!format.canWrite || familyOf(format.id) != family)
                continue;
            QString searched = text(format.label) + QLatin1Char(' ') + text(format.id);
            for (const std::string_view extension : format.extensions)
                searched += QLatin1Char(' ') + text(extension);
            if (searched.contains(m_filter, Qt::CaseInsensitive))
                members.push_back({text(format.label), static_cast<int>(i)});
        }
        if (members.empty())
            continue;
        m_rows.push_back({tr(kFamilies[family])});
        m_rows.insert(m_rows.end(), members.begin(), members.end());
    }
}

void FormatModel::setFilter(const QString& text) {
    beginResetModel();
    m_filter = text.trimmed();
    fill();
    endResetModel();
}

void FormatModel::setLost(const std::vector<size_t>& lostByFormat) {
    if (lostByFormat == m_lost)
        return;
    m_lost = lostByFormat;
    if (!m_rows.empty())
        emit dataChanged(index(0), index(rowCount() - 1));
}

int FormatModel::rowOf(const std::string& id) const {
    for (size_t i = 0; i < m_rows.size(); ++i)
        if (m_rows[i].format >= 0 &&
            formats::formats()[static_cast<size_t>(m_rows[i].format)].id == id)
            return static_cast<int>(i);
    return -1;
}

int FormatModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant FormatModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    if (role == Qt::DisplayRole)
        return row.label;
    if (role == IsFamilyRole)
        return row.format < 0;
    if (row.format < 0)
        return {};
    const auto at = static_cast<size_t>(row.format);
    const formats::Format& format = formats::formats()[at];
    const size_t lost = at < m_lost.size() ? m_lost[at] : 0;
    switch (role) {
        case IdRole:
            return text(format.id);
        case ExtensionRole:
            return format.extensions.empty() ? QString() : text(format.extensions.front());
        case LostRole:
            return static_cast<int>(lost);
        case Qt::ToolTipRole: {
            const QString note =
                format.lossNote.empty() ? tr("It holds everything.") : text(format.lossNote);
            return lost == 0 ? tr("--format %1. %2").arg(text(format.id), note)
                             : tr("--format %1. %2 It cannot hold %3 tensors as they are.")
                                   .arg(text(format.id), note)
                                   .arg(lost);
        }
        default:
            return {};
    }
}

Qt::ItemFlags FormatModel::flags(const QModelIndex& index) const {
    if (!index.isValid() || index.data(IsFamilyRole).toBool())
        return Qt::NoItemFlags;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

void FormatDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    const Palette& colors = widgets::colors();
    const QRect row = option.rect;
    painter->save();
    painter->setFont(option.font);
    if (index.data(FormatModel::IsFamilyRole).toBool()) {
        painter->setPen(colors.muted);
        painter->drawText(row.adjusted(kMargin, 0, 0, 0), Qt::AlignVCenter,
                          index.data().toString());
        painter->restore();
        return;
    }
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(row, colors.selection);
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter->fillRect(row, colors.alternate);
    const int lost = index.data(FormatModel::LostRole).toInt();
    const QPixmap mark = iconPixmap(lost > 0 ? QStringLiteral("warning") : QStringLiteral("ok"),
                                    lost > 0 ? colors.warning : colors.good, 16,
                                    painter->device()->devicePixelRatioF());
    int right = row.right() - kMargin - 16;
    painter->drawPixmap(right, row.center().y() - 7, mark);
    if (lost > 0) {
        const QString losses = FormatModel::tr("%1 lost").arg(lost);
        right -= option.fontMetrics.horizontalAdvance(losses) + 4;
        painter->setPen(colors.warning);
        painter->drawText(QRect(right, row.top(), row.right() - right, row.height()),
                          Qt::AlignVCenter, losses);
    }
    const QRect room(row.left() + kIndent, row.top(), right - row.left() - kIndent - 4,
                     row.height());
    const QString label =
        option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, room.width());
    painter->setPen(colors.text);
    painter->drawText(room, Qt::AlignVCenter, label);
    const QString extension = index.data(FormatModel::ExtensionRole).toString();
    const QRect rest = room.adjusted(option.fontMetrics.horizontalAdvance(label) + 6, 0, 0, 0);
    painter->setPen(colors.muted);
    if (option.fontMetrics.horizontalAdvance(extension) <= rest.width())
        painter->drawText(rest, Qt::AlignVCenter, extension);
    painter->restore();
}

QSize FormatDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {0, std::max(kRowHeight, option.fontMetrics.height() + 4)};
}

}  // namespace clipscope::widgets
