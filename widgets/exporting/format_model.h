// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QStyledItemDelegate>
#include <string>
#include <vector>

namespace clipscope::widgets {

/// The formats that can be written, under their families; how many tensors each would lose.
class FormatModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { IdRole = Qt::UserRole, ExtensionRole, LostRole, IsFamilyRole };

    explicit FormatModel(QObject* parent = nullptr);

    /// Only formats whose name, id or extension contains the text.
    void setFilter(const QString& text);
    /// Tensors that a format cannot hold, in the order of the table of formats.
    void setLost(const std::vector<size_t>& lostByFormat);
    /// Row of a format; -1 where it is filtered out.
    int rowOf(const std::string& id) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Row {
        QString label;
        int format = -1;  ///< index into the table; -1: a family
    };
    void fill();

    QString m_filter;
    std::vector<Row> m_rows;
    std::vector<size_t> m_lost;
};

/// Draws a family as a muted line, a format with its extension and what it loses.
class FormatDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace clipscope::widgets
