// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensor_table.h"

#include <QDataStream>
#include <QMenu>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QSet>
#include <algorithm>

#include "widgets/style/icons.h"
#include "widgets/tensors/table_header.h"
#include "widgets/tensors/tensor_delegate.h"

namespace clipscope::widgets {
namespace {

constexpr int kRowHeight = 22;
constexpr int kLeastName = 96;         ///< width of the first column
constexpr int kRoomForCoverage = 760;  ///< width of the table
constexpr int kVisibleDelay = 15;      ///< ms
constexpr quint32 kStateVersion = 1;

}  // namespace

TensorTable::TensorTable(Document& document, TensorModel& model, TensorProxy& proxy,
                         QWidget* parent)
    : QTableView(parent),
      m_document(document),
      m_model(model),
      m_proxy(proxy),
      m_columnsMenu(new QMenu(tr("Columns"), this)) {
    setObjectName("tensorTable");
    setAccessibleName(tr("Tensors"));
    // Connected before the view and its selection model are, which move the current row away from
    // rows that go.
    connect(&m_proxy, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this] { m_isFollowing = true; });
    setModel(&m_proxy);
    setItemDelegate(new TensorDelegate(m_model, m_proxy, this));
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setShowGrid(false);
    setAlternatingRowColors(true);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setFrameShape(NoFrame);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(1);
    verticalHeader()->setDefaultSectionSize(std::max(kRowHeight, fontMetrics().height() + 5));
    setUpHeader();

    m_visibleTimer.setSingleShot(true);
    m_visibleTimer.setInterval(kVisibleDelay);
    connect(&m_visibleTimer, &QTimer::timeout, this, &TensorTable::preferVisible);
    const auto rowsMoved = [this] {
        m_isFollowing = false;
        m_visibleTimer.start();
        followDocument();
    };
    connect(&m_proxy, &QAbstractItemModel::rowsRemoved, this, rowsMoved);
    connect(&m_proxy, &QAbstractItemModel::rowsInserted, this, rowsMoved);
    connect(&m_proxy, &QAbstractItemModel::layoutChanged, this, rowsMoved);
    connect(&m_proxy, &QAbstractItemModel::modelReset, this, rowsMoved);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this,
            [this] { m_visibleTimer.start(); });
    connect(&m_document, &Document::selectionChanged, this, [this] {
        followDocument();
        if (currentIndex().isValid())
            scrollTo(currentIndex(), m_isNew ? PositionAtTop : EnsureVisible);
        m_isNew = false;
    });
    connect(&m_proxy, &QAbstractItemModel::modelReset, this, [this] { m_isNew = true; });
    connect(&m_document, &Document::sessionChanged, this, &TensorTable::makeRoomForRanges);
    connect(&m_document, &Document::tensorChanged, this, [this](int tensor) {
        if (m_model.setting(tensor).isAffine)
            makeRoomForRanges();
    });
    connect(this, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        if (index.column() == widgets::index(TensorColumn::Method))
            emit methodMenuRequested(belowMethodCell());
    });
    followDocument();
}

void TensorTable::setUpHeader() {
    auto* header = new TableHeader(this);
    setHorizontalHeader(header);
    header->setMinimumSectionSize(32);
    header->setFixedHeight(std::max(kRowHeight, fontMetrics().height() + 5));
    // The widths are meant for Noto Sans of 9 points, in which this text takes 138 pixels.
    const double scale = std::max(
        1.0, fontMetrics().horizontalAdvance(QStringLiteral("SQNR dB <0.001 entropy")) / 138.0);
    for (int column = 0; column < kTensorColumns; ++column) {
        const ColumnInfo info = columnInfo(static_cast<TensorColumn>(column));
        setColumnWidth(column, qRound(info.width * scale));
        setColumnHidden(column, !info.isShown);
    }
    // The third click goes back to graph order.
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    setSortingEnabled(true);

    m_columnsMenu->setObjectName("tensorColumnsMenu");
    fillColumnsMenu();
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        m_columnsMenu->popup(horizontalHeader()->mapToGlobal(at));
    });
}

void TensorTable::addColumnAction(TensorColumn column) {
    QAction* action = m_columnsMenu->addAction(columnInfo(column).name);
    action->setObjectName(QStringLiteral("tensorColumn%1").arg(index(column)));
    action->setToolTip(columnInfo(column).tooltip);
    action->setCheckable(true);
    connect(m_columnsMenu, &QMenu::aboutToShow, action,
            [this, action, column] { action->setChecked(!isColumnHidden(index(column))); });
    connect(action, &QAction::triggered, this, [this, column](bool isShown) {
        m_coverageIsChosen |= column == TensorColumn::Coverage;
        setColumnHidden(index(column), !isShown);
        fitColumns();
    });
}

void TensorTable::fillColumnsMenu() {
    m_columnsMenu->setToolTipsVisible(true);
    for (int column = 1; column < kTensorColumns; ++column)
        addColumnAction(static_cast<TensorColumn>(column));
    m_columnsMenu->addSeparator();
    QAction* constants = m_columnsMenu->addAction(tr("Show constants"));
    constants->setObjectName("tensorShowConstants");
    constants->setToolTip(tr("Values that are the same in every run; they get no scale"));
    constants->setCheckable(true);
    connect(m_columnsMenu, &QMenu::aboutToShow, constants,
            [this, constants] { constants->setChecked(!m_proxy.hidesConstants()); });
    connect(constants, &QAction::triggered, this,
            [this](bool isShown) { m_proxy.setHidesConstants(!isShown); });
    QAction* order = m_columnsMenu->addAction(tr("In the order of the graph"));
    order->setObjectName("tensorGraphOrder");
    order->setToolTip(tr("Ends sorting; so does a third click on a header"));
    connect(order, &QAction::triggered, this,
            [this] { horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder); });
}

/// An affine range needs more room than a threshold.
void TensorTable::makeRoomForRanges() {
    const auto isAffine = [](const session::TensorEntry& tensor) {
        return tensor.current.isAffine;
    };
    const int wanted =
        fontMetrics().horizontalAdvance(QStringLiteral("−0.000 … 00.0")) + 2 * kCellMargin;
    if (!m_document.session() || columnWidth(index(TensorColumn::Threshold)) >= wanted ||
        std::ranges::none_of(m_document.session()->tensors, isAffine))
        return;
    setColumnWidth(index(TensorColumn::Threshold), wanted);
    fitColumns();
}

/// The names take what the other columns leave.
void TensorTable::fitColumns() {
    if (!m_coverageIsChosen)
        setColumnHidden(index(TensorColumn::Coverage), viewport()->width() < kRoomForCoverage);
    if (!isColumnHidden(index(TensorColumn::Gain)))
        m_model.loader().needGains();
    int others = 0;
    for (int column = 1; column < kTensorColumns; ++column)
        others += columnWidth(column);
    setColumnWidth(0, std::max(kLeastName, viewport()->width() - others));
}

void TensorTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
    m_visibleTimer.start();
}

void TensorTable::preferVisible() {
    const int first = rowAt(0);
    if (first < 0)
        return;
    int last = rowAt(viewport()->height());
    if (last < 0)
        last = m_proxy.rowCount() - 1;
    std::vector<int> tensors;
    for (int row = first; row <= last; ++row)
        tensors.push_back(m_proxy.tensorAt(row));
    m_model.loader().prefer(std::move(tensors));
}

void TensorTable::followDocument() {
    if (!selectionModel())
        return;
    const QScopedValueRollback guard(m_isFollowing, true);
    const int tensor = m_document.selected();
    const int row = tensor < 0 || tensor >= m_model.rowCount() ? -1 : m_proxy.rowOf(tensor);
    if (row < 0) {
        // Nothing else becomes the document's tensor because the filter hides it.
        selectionModel()->clear();
        return;
    }
    if (currentIndex().row() == row)
        return;  // Which rows are selected with it is the user's business.
    const int column = std::max(0, currentIndex().column());
    selectionModel()->setCurrentIndex(
        m_proxy.index(row, column),
        QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void TensorTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (!m_isFollowing && current.isValid())
        m_document.select(m_proxy.tensorAt(current.row()));
}

void TensorTable::selectionChanged(const QItemSelection& selected,
                                   const QItemSelection& deselected) {
    QTableView::selectionChanged(selected, deselected);
    emit selectedRowsChanged();
}

std::vector<int> TensorTable::selectedTensors() const {
    std::vector<int> rows;
    for (const QItemSelectionRange& range : selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.push_back(row);
    std::ranges::sort(rows);
    const auto again = std::ranges::unique(rows);
    rows.erase(again.begin(), again.end());
    for (int& row : rows)
        row = m_proxy.tensorAt(row);
    return rows;
}

int TensorTable::selectedCount() const {
    int count = 0;
    for (const QItemSelectionRange& range : selectionModel()->selection())
        count += range.height();
    return count;
}

void TensorTable::step(int rows) {
    const int count = m_proxy.rowCount();
    if (count == 0)
        return;
    const int row = currentIndex().isValid() ? currentIndex().row() + rows : 0;
    setCurrentIndex(
        m_proxy.index(std::clamp(row, 0, count - 1), std::max(0, currentIndex().column())));
}

QPoint TensorTable::belowMethodCell() const {
    const QModelIndex cell =
        m_proxy.index(currentIndex().row(), widgets::index(TensorColumn::Method));
    return viewport()->mapToGlobal(visualRect(cell).bottomLeft());
}

QString TensorTable::selectionAsText() const {
    std::vector<int> columns;
    for (int visual = 0; visual < kTensorColumns; ++visual) {
        const int column = horizontalHeader()->logicalIndex(visual);
        if (!isColumnHidden(column) && column != widgets::index(TensorColumn::Distribution))
            columns.push_back(column);
    }
    const auto line = [&columns](const auto& cell) {
        QStringList cells;
        for (const int column : columns)
            cells << cell(column);
        return cells.join(u'\t') + u'\n';
    };
    QString text =
        line([](int column) { return columnInfo(static_cast<TensorColumn>(column)).name; });
    for (const int tensor : selectedTensors())
        text += line([&](int column) {
            return m_model.index(tensor, column).data(TensorModel::CopyRole).toString();
        });
    return text;
}

QByteArray TensorTable::saveState() const {
    QByteArray state;
    QDataStream stream(&state, QIODevice::WriteOnly);
    stream << kStateVersion << horizontalHeader()->saveState() << m_proxy.hidesConstants()
           << m_coverageIsChosen;
    return state;
}

bool TensorTable::restoreState(const QByteArray& state) {
    QDataStream stream(state);
    quint32 version = 0;
    QByteArray header;
    bool hidesConstants = true;
    bool coverageIsChosen = false;
    stream >> version >> header >> hidesConstants >> coverageIsChosen;
    if (stream.status() != QDataStream::Ok || version != kStateVersion ||
        !horizontalHeader()->restoreState(header))
        return false;
    m_proxy.setHidesConstants(hidesConstants);
    m_coverageIsChosen = coverageIsChosen;
    fitColumns();
    return true;
}

}  // namespace clipscope::widgets
