// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <memory>
#include <vector>

#include "analysis/session/export_preview.h"

namespace clipscope::widgets {

/// The lines of an export, old and new: all of them, or the changed ones with some around them.
class ChangeModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Line,
        Tensor,
        Before,
        Arrow,
        After,
        Change,
        HexBefore,
        HexArrow,
        HexAfter,
        By,
        kColumns
    };

    explicit ChangeModel(QObject* parent = nullptr);

    void setPreview(std::shared_ptr<const session::ExportPreview> preview);
    void setShowsAll(bool showsAll);
    /// Whether the row only says how many equal lines are left out.
    bool isSkipped(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void fill();
    QString textOf(const session::ExportLine& line, int column) const;

    std::shared_ptr<const session::ExportPreview> m_preview;
    std::vector<session::ContextRow> m_rows;
    bool m_showsAll = false;
};

}  // namespace clipscope::widgets
