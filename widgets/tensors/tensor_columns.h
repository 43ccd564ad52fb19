// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace clipscope::widgets {

/// The columns of the tensor table, in the order in which they stand at first.
enum class TensorColumn {
    Name,
    Op,
    Shape,
    Distribution,
    Method,
    Threshold,
    Sqnr,
    Clip,
    Bits,
    Gain,
    Coverage,
    Marks,
    Count
};
inline constexpr int kTensorColumns = static_cast<int>(TensorColumn::Count);
constexpr int index(TensorColumn column) {
    return static_cast<int>(column);
}

/// What is the same for every row of a column.
struct ColumnInfo {
    QString title;  ///< with its unit
    QString name;   ///< for menus and copies, where the title is short or empty
    QString tooltip;
    int width = 60;  ///< at first, logical pixels
    bool isNumber = false;
    bool isShown = true;  ///< at first
};
ColumnInfo columnInfo(TensorColumn column);

}  // namespace clipscope::widgets
