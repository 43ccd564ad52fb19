// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>

#include "widgets/tensors/tensor_filter.h"
#include "widgets/tensors/tensor_model.h"

namespace clipscope::widgets {

/// The rows that the filter leaves, in the order that the header asks for. Equal values stay in
/// graph order; absent ones come last whichever the order.
class TensorProxy : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit TensorProxy(TensorModel& model, QObject* parent = nullptr);

    const TensorFilter& filter() const { return m_filter; }
    void setFilter(const TensorFilter& filter);
    /// Leaves out values that are the same in every run, unless a range file has a line for them.
    /// Exporters make dozens of them, and nothing is to be seen or done there.
    void setHidesConstants(bool hides);
    bool hidesConstants() const { return m_hidesConstants; }

    int tensorAt(int row) const { return mapToSource(index(row, 0)).row(); }
    /// -1 where the filter leaves it out.
    int rowOf(int tensor) const { return mapFromSource(m_model.index(tensor, 0)).row(); }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    TensorModel& m_model;
    TensorFilter m_filter;
    bool m_hidesConstants = true;
};

}  // namespace clipscope::widgets
