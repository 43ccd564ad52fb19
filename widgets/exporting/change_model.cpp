// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/change_model.h"

#include <QFont>
#include <QFontDatabase>
#include <cmath>

#include "analysis/formats/scale_text.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

using session::ExportedScale;
using session::ExportLine;

constexpr size_t kContext = 2;  ///< equal lines shown on either side of a changed one

const QString& none() {
    static const QString dot = QStringLiteral("·");
    return dot;
}

QString rangeOf(const ExportedScale& scale) {
    return scale.isAffine ? rangeText(scale.lo, scale.hi)
                          : significantText(static_cast<double>(scale.threshold()));
}

QString hexOf(const ExportedScale& scale) {
    return QString::fromStdString(formats::hexOfScale(scale.scale));
}

QString percentText(double percent) {
    const QString digits =
        withMinus(QString::number(percent, 'f', std::abs(percent) < 100 ? 1 : 0));
    return QStringLiteral("%1%2 %").arg(percent > 0 ? QStringLiteral("+") : QString(), digits);
}

bool isNumber(int column) {
    return column == ChangeModel::Line || column == ChangeModel::Before ||
           column == ChangeModel::After || column == ChangeModel::Change;
}

bool isHex(int column) {
    return column == ChangeModel::HexBefore || column == ChangeModel::HexAfter;
}

bool isArrow(int column) {
    return column == ChangeModel::Arrow || column == ChangeModel::HexArrow;
}

Qt::AlignmentFlag horizontalAlignment(int column) {
    if (isHex(column) || isArrow(column))
        return Qt::AlignHCenter;
    return isNumber(column) ? Qt::AlignRight : Qt::AlignLeft;
}

QFont fontOf(const ExportLine& line, int column) {
    QFont font;
    if (isHex(column)) {
        const QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        font.setFamilies(fixed.families());
        font.setStyleHint(QFont::Monospace);
    }
    const bool isNew = column == ChangeModel::Tensor || column == ChangeModel::After ||
                       column == ChangeModel::HexAfter;
    if (line.isChanged() && isNew)
        font.setWeight(QFont::DemiBold);
    return font;
}

QColor colorOf(const ExportLine& line, int column) {
    const Palette& colors = widgets::colors();
    const bool isNew = column == ChangeModel::After || column == ChangeModel::HexAfter;
    if (!line.isChanged())
        return column == ChangeModel::Tensor ? colors.text : colors.muted;
    if (isNew)
        return line.after ? colors.threshold : colors.warning;
    return column == ChangeModel::Tensor || column == ChangeModel::Change ? colors.text
                                                                          : colors.muted;
}

}  // namespace

ChangeModel::ChangeModel(QObject* parent) : QAbstractTableModel(parent) {
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (rowCount() > 0)
            emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
    });
}

void ChangeModel::setPreview(std::shared_ptr<const session::ExportPreview> preview) {
    beginResetModel();
    m_preview = std::move(preview);
    fill();
    endResetModel();
}

void ChangeModel::setShowsAll(bool showsAll) {
    if (showsAll == m_showsAll)
        return;
    beginResetModel();
    m_showsAll = showsAll;
    fill();
    endResetModel();
}

void ChangeModel::fill() {
    m_rows.clear();
    if (!m_preview)
        return;
    if (!m_showsAll) {
        m_rows = session::withContext(m_preview->lines, kContext);
        return;
    }
    for (size_t i = 0; i < m_preview->lines.size(); ++i)
        m_rows.push_back({i, 0});
}

bool ChangeModel::isSkipped(int row) const {
    return m_rows[static_cast<size_t>(row)].count > 0;
}

int ChangeModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ChangeModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QString ChangeModel::textOf(const ExportLine& line, int column) const {
    const bool isChanged = line.isChanged();
    switch (column) {
        case Line:
            return line.line > 0 ? QString::number(line.line) : none();
        case Tensor:
            return QString::fromStdString(line.name);
        case Before:
            return line.before ? rangeOf(*line.before) : none();
        case After:
            if (!isChanged)
                return none();
            return line.after        ? rangeOf(*line.after)
                   : line.keepsFloat ? tr("float")
                                     : tr("left out");
        case Arrow:
        case HexArrow:
            return isChanged ? QStringLiteral("→") : QString();
        case Change: {
            const auto percent = line.changePercent();
            if (!isChanged)
                return {};
            return !line.before ? tr("new") : percent ? percentText(*percent) : QString();
        }
        case HexBefore:
            return line.before ? hexOf(*line.before) : none();
        case HexAfter:
            return isChanged && line.after ? hexOf(*line.after) : none();
        case By:
            if (!isChanged)
                return {};
            if (line.keepsFloat)
                return tr("kept in float");
            return line.method == "manual"             ? tr("by hand")
                   : line.method == session::kFromFile ? tr("of the file")
                                                       : QString::fromStdString(line.method);
        default:
            return {};
    }
}

QVariant ChangeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const session::ContextRow& row = m_rows[static_cast<size_t>(index.row())];
    if (row.count > 0) {
        switch (role) {
            case Qt::DisplayRole:
                return index.column() == 0 ? tr("%1 equal lines").arg(countText(row.count))
                                           : QString();
            case Qt::TextAlignmentRole:
                return QVariant::fromValue(Qt::Alignment(Qt::AlignCenter));
            case Qt::ForegroundRole:
                return widgets::colors().muted;
            case Qt::BackgroundRole:
                return widgets::colors().alternate;
            default:
                return {};
        }
    }
    const ExportLine& line = m_preview->lines[row.line];
    switch (role) {
        case Qt::DisplayRole:
            return textOf(line, index.column());
        case Qt::ToolTipRole:
            return index.column() == Tensor ? QString::fromStdString(line.name) : QVariant();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::AlignVCenter | horizontalAlignment(index.column()));
        case Qt::FontRole:
            return fontOf(line, index.column());
        case Qt::ForegroundRole:
            return colorOf(line, index.column());
        case Qt::BackgroundRole:
            return line.isChanged() ? widgets::colors().warningTint() : QVariant();
        default:
            return {};
    }
}

QVariant ChangeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | horizontalAlignment(section));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
        case Line:
            return tr("Line");
        case Tensor:
            return tr("Tensor");
        case Before:
            return tr("T before");
        case After:
            return tr("T new");
        case Change:
            return tr("Change");
        case HexBefore:
            return tr("Hex before");
        case HexAfter:
            return tr("Hex new");
        case By:
            return tr("By");
        default:
            return QString();
    }
}

}  // namespace clipscope::widgets
