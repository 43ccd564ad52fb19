// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_proxy.h"

namespace clipscope::widgets {

TensorProxy::TensorProxy(TensorModel& model, QObject* parent)
    : QSortFilterProxyModel(parent), m_model(model) {
    setSortRole(TensorModel::SortRole);
    setDynamicSortFilter(true);
    setSourceModel(&model);
}

void TensorProxy::setFilter(const TensorFilter& filter) {
    m_filter = filter;
    invalidateFilter();
}

void TensorProxy::setHidesConstants(bool hides) {
    if (hides == m_hidesConstants)
        return;
    m_hidesConstants = hides;
    invalidateFilter();
}

bool TensorProxy::filterAcceptsRow(int row, const QModelIndex&) const {
    const session::TensorEntry& tensor = m_model.tensor(row);
    if (m_hidesConstants && tensor.coverage == graph::CoverageClass::Constant &&
        tensor.fileState == session::RangeFileState::NotCompared)
        return false;
    return m_filter.isEmpty() || m_filter.accepts(m_model.facts(row));
}

bool TensorProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    // A descending order is asked for with the two exchanged.
    const bool isAscending = sortOrder() == Qt::AscendingOrder;
    const bool inGraphOrder = isAscending ? left.row() < right.row() : left.row() > right.row();
    const QVariant a = left.data(sortRole());
    const QVariant b = right.data(sortRole());
    if (a.isValid() != b.isValid())
        return isAscending ? a.isValid() : b.isValid();
    if (!a.isValid())
        return inGraphOrder;
    if (a.userType() == QMetaType::QString) {
        const int order = QString::compare(a.toString(), b.toString(), Qt::CaseInsensitive);
        return order == 0 ? inGraphOrder : order < 0;
    }
    const double x = a.toDouble();
    const double y = b.toDouble();
    return x == y ? inGraphOrder : x < y;
}

}  // namespace clipscope::widgets
