// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/live_model.h"

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {

void LiveModel::setSnapshot(std::shared_ptr<const session::LiveSnapshot> snapshot) {
    const bool isSame = m_snapshot && snapshot && m_snapshot->names == snapshot->names;
    if (!isSame)
        beginResetModel();
    m_snapshot = std::move(snapshot);
    if (!isSame)
        endResetModel();
    else if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

const session::LiveTensor* LiveModel::tensor(int row) const {
    if (!m_snapshot || row < 0 || row >= rowCount())
        return nullptr;
    const session::LiveTensor& tensor = m_snapshot->tensors[static_cast<size_t>(row)];
    return tensor.raisedBy >= 0 ? &tensor : nullptr;
}

bool LiveModel::isGrowing(int row) const {
    const session::LiveTensor* shown = tensor(row);
    return shown && m_snapshot->done > kGrowingWithin &&
           m_snapshot->done - shown->raisedBy < kGrowingWithin;
}

int LiveModel::growingCount() const {
    int count = 0;
    for (int row = 0; row < rowCount(); ++row)
        count += isGrowing(row) ? 1 : 0;
    return count;
}

int LiveModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_snapshot ? 0 : static_cast<int>(m_snapshot->tensors.size());
}

int LiveModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant LiveModel::text(int row, int column) const {
    const auto& name = (*m_snapshot->names)[static_cast<size_t>(row)];
    const session::LiveTensor* shown = tensor(row);
    switch (column) {
        case Tensor:
            return QString::fromStdString(name.tensor);
        case Op:
            return QString::fromStdString(name.op);
        case Amax:
            return shown ? significantText(static_cast<double>(shown->amax)) : QStringLiteral("–");
        case RaisedBy:
            return shown ? tr("sample %1").arg(shown->raisedBy) : QStringLiteral("–");
        default:
            return {};
    }
}

QVariant LiveModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const int row = index.row();
    switch (role) {
        case Qt::DisplayRole:
            return text(row, index.column());
        case Qt::TextAlignmentRole:
            return int((index.column() >= Amax ? Qt::AlignRight : Qt::AlignLeft) |
                       Qt::AlignVCenter);
        case Qt::ForegroundRole:
            if (index.column() == RaisedBy)
                return isGrowing(row) ? colors().warning : colors().muted;
            return index.column() == Op ? QVariant(colors().muted) : QVariant();
        case Qt::ToolTipRole:
            if (isGrowing(row))
                return tr("amax rose within the last %1 samples: the range has not settled yet")
                    .arg(kGrowingWithin);
            return text(row, index.column());
        case kGrowingRole:
            return isGrowing(row);
        default:
            return {};
    }
}

QVariant LiveModel::headerData(int section, Qt::Orientation orientation, int role) const {
    static const char* const kNames[] = {QT_TR_NOOP("Tensor"), QT_TR_NOOP("Op"),
                                         QT_TR_NOOP("So far"), QT_TR_NOOP("amax"),
                                         QT_TR_NOOP("Last raised by")};
    static const char* const kTips[] = {
        QT_TR_NOOP("Name of the tensor in the model"), QT_TR_NOOP("Operator that produces it"),
        QT_TR_NOOP("Distribution of the values so far, counts on a logarithmic axis"),
        QT_TR_NOOP("Largest |x| so far"),
        QT_TR_NOOP("The sample that raised amax last; coloured while that is recent")};
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::DisplayRole)
        return tr(kNames[section]);
    if (role == Qt::ToolTipRole)
        return tr(kTips[section]);
    if (role == Qt::TextAlignmentRole)
        return int((section >= Amax ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

}  // namespace clipscope::widgets
