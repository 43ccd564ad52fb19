// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "widgets/document/document.h"
#include "widgets/tensors/figure_loader.h"
#include "widgets/tensors/tensor_columns.h"
#include "widgets/tensors/tensor_filter.h"
#include "widgets/tensors/tensor_marks.h"

namespace clipscope::widgets {

/// The tensors of the document, a row each, in graph order: row i is Session::tensors[i]. Texts
/// come from the session when they are asked for; figures that cost time from a FigureLoader ("…"
/// until then).
class TensorModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Role {
        SortRole = Qt::UserRole + 1,  ///< double or QString; invalid where there is no value
        CopyRole,                     ///< as spreadsheets read it: '.' and '-', all digits
    };

    explicit TensorModel(Document& document, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const Document& document() const { return m_document; }
    FigureLoader& loader() { return m_loader; }
    const FigureLoader& loader() const { return m_loader; }

    std::vector<TensorMark> marks(int row) const;
    TensorFacts facts(int row) const;
    const session::TensorEntry& tensor(int row) const;
    const session::Setting& setting(int row) const { return m_document.shownSetting(row); }
    /// Whether the tensor can get a scale at all.
    bool isScaled(int row) const { return tensor(row).isActivation(); }

private:
    /// A figure of a row: absent, or still to come.
    struct Figure {
        std::optional<double> value;
        bool isPending = false;
    };
    Figure figure(int row, TensorColumn column) const;
    QString text(int row, TensorColumn column) const;
    QString figureText(int row, TensorColumn column) const;
    QString thresholdText(int row) const;
    QString coverageText(int row) const;
    QString shapeText(int row) const;
    QString toolTip(int row, TensorColumn column) const;
    QVariant sortValue(int row, TensorColumn column) const;
    QString copyText(int row, TensorColumn column) const;
    QVariant foreground(int row, TensorColumn column) const;
    void tellRow(int row);
    void takeSession();

    Document& m_document;
    FigureLoader m_loader;
    std::vector<QString> m_names;  ///< by row: filters and sorts read them often
    std::shared_ptr<const session::Session> m_session;
    int m_rows = 0;
};

}  // namespace clipscope::widgets
