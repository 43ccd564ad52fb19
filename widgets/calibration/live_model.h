// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <memory>

#include "analysis/session/live.h"

namespace clipscope::widgets {

/// The tensors of a running calibration: what is known of each so far.
class LiveModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Tensor, Op, SoFar, Amax, RaisedBy, kColumns };
    /// amax rose within the last samples: the range has not settled.
    static constexpr int kGrowingRole = Qt::UserRole;
    static constexpr int kGrowingWithin = 20;  ///< samples

    using QAbstractTableModel::QAbstractTableModel;

    void setSnapshot(std::shared_ptr<const session::LiveSnapshot> snapshot);
    const session::LiveSnapshot* snapshot() const { return m_snapshot.get(); }
    /// Null where the tensor has no values yet.
    const session::LiveTensor* tensor(int row) const;
    bool isGrowing(int row) const;
    int growingCount() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant text(int row, int column) const;

    std::shared_ptr<const session::LiveSnapshot> m_snapshot;
};

}  // namespace clipscope::widgets
