// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QPixmap>
#include <QStyledItemDelegate>

#include "widgets/tensors/tensor_proxy.h"

namespace clipscope::widgets {

/// Draws the cells of the tensor table: texts, the sparkline with its thresholds, the marks.
class TensorDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    TensorDelegate(const TensorModel& model, const TensorProxy& proxy, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    /// Each mark has a tooltip of its own.
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;

private:
    QPixmap sparkline(int tensor, QSize size, double scale) const;
    QString nameFor(const QStyleOptionViewItem& item, int tensor, int width) const;
    void paintMarks(QPainter* painter, const QRect& cell, int tensor) const;

    const TensorModel& m_model;
    const TensorProxy& m_proxy;
    mutable QCache<QString, QPixmap> m_sparklines;
};

}  // namespace clipscope::widgets
