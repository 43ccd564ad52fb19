// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace clipscope::widgets {

/// Room left and right of the texts of a column, logical pixels.
inline constexpr int kCellMargin = 6;

/// A flat header: titles aligned as their columns are, thin lines, an arrow at the sorted one.
class TableHeader : public QHeaderView {
    Q_OBJECT

public:
    explicit TableHeader(QWidget* parent);

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace clipscope::widgets
