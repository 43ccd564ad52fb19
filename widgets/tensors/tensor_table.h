// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>
#include <QTimer>
#include <vector>

#include "widgets/tensors/tensor_proxy.h"

class QMenu;

namespace clipscope::widgets {

/// The view of the tensors: rows of one height, columns that can be hidden. Its current row is the
/// document's selected tensor; others may be selected with it.
class TensorTable : public QTableView {
    Q_OBJECT

public:
    TensorTable(Document& document, TensorModel& model, TensorProxy& proxy,
                QWidget* parent = nullptr);

    /// In the order of the rows.
    std::vector<int> selectedTensors() const;
    int selectedCount() const;
    /// Header and selected rows, the columns that are shown, separated by tabs.
    QString selectionAsText() const;
    /// Moves the current row; from nowhere to the first.
    void step(int rows);

    /// Under the method of the current row, in global coordinates.
    QPoint belowMethodCell() const;

    /// Which columns are shown, the order of the rows, what is left out.
    QMenu* columnsMenu() { return m_columnsMenu; }
    QByteArray saveState() const;
    bool restoreState(const QByteArray& state);

signals:
    void selectedRowsChanged();
    void methodMenuRequested(const QPoint& globalPosition);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void selectionChanged(const QItemSelection& selected,
                          const QItemSelection& deselected) override;

private:
    void setUpHeader();
    void fillColumnsMenu();
    void addColumnAction(TensorColumn column);
    void fitColumns();
    void makeRoomForRanges();
    void followDocument();
    void preferVisible();

    Document& m_document;
    TensorModel& m_model;
    TensorProxy& m_proxy;
    QMenu* m_columnsMenu;
    QTimer m_visibleTimer;       ///< tells the loader what is seen, once a scroll rests
    bool m_isFollowing = false;  ///< changes of the current row are not the user's
    bool m_isNew = false;        ///< the session: its first tensor with a scale comes to the top
    bool m_coverageIsChosen = false;  ///< else it is shown where there is room
};

}  // namespace clipscope::widgets
