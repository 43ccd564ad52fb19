// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/recent_panel.h"

#include <QAction>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QTableView>

#include "widgets/start/padded_style.h"
#include "widgets/start/recent_delegate.h"
#include "widgets/start/recent_files.h"
#include "widgets/start/recent_model.h"
#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kHeaderHeight = 24;
constexpr int kNameLeast = 180;
constexpr int kKindWidth = 32;
constexpr int kArrowWidth = 16;

struct ColumnWidth {
    RecentModel::Column column;
    const char* widest;  ///< text that the column has room for
};
constexpr ColumnWidth kWidths[] = {
    {RecentModel::Tensors, "Tensors"},    {RecentModel::Method, "entropy-affine"},
    {RecentModel::Samples, "Samples"},    {RecentModel::Edited, "Edited"},
    {RecentModel::Opened, "30 Nov 2025"}, {RecentModel::Shortcut, "Shortcut"},
};

bool isDispensable(RecentModel::Column column) {
    return column == RecentModel::Edited || column == RecentModel::Shortcut;
}

}  // namespace

RecentPanel::RecentPanel(RecentFiles& files, QWidget* parent)
    : QWidget(parent),
      m_files(files),
      m_model(new RecentModel(files, this)),
      m_proxy(new QSortFilterProxyModel(this)),
      m_find(new QLineEdit(this)),
      m_table(new QTableView(this)),
      m_empty(new QLabel(this)),
      m_missing(new QLabel(this)),
      m_missingList(new QLabel(this)) {
    setObjectName(QStringLiteral("recentPanel"));
    m_proxy->setSourceModel(m_model);
    m_proxy->setSortRole(RecentModel::SortRole);
    m_proxy->setFilterRole(RecentModel::FindRole);
    m_proxy->setFilterKeyColumn(RecentModel::Name);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    setUpTable();

    m_empty->setObjectName(QStringLiteral("recentEmpty"));
    m_empty->setTextFormat(Qt::PlainText);
    m_missing->setObjectName(QStringLiteral("missingLine"));
    m_missing->setTextInteractionFlags(Qt::TextBrowserInteraction);
    m_missingList->setObjectName(QStringLiteral("missingList"));
    m_missingList->setTextFormat(Qt::PlainText);
    m_missingList->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(m_missing, &QLabel::linkActivated, this, &RecentPanel::showMissing);
    m_missing->hide();
    m_missingList->hide();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeHead());
    column->addWidget(m_table, 1000);
    column->addWidget(m_empty);
    column->addWidget(m_missing);
    column->addWidget(m_missingList);
    column->addStretch(1);

    connect(m_proxy, &QAbstractItemModel::modelReset, this, &RecentPanel::fitTable);
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, &RecentPanel::fitTable);
    connect(m_proxy, &QAbstractItemModel::rowsRemoved, this, &RecentPanel::fitTable);
    connect(m_find, &QLineEdit::textChanged, m_proxy, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_find, &QLineEdit::textChanged, this, &RecentPanel::fitTable);
    connect(m_find, &QLineEdit::returnPressed, this, [this] { openRow(0); });
    connect(&Theme::instance(), &Theme::changed, this, &RecentPanel::applyColors);
    addShortcuts();
    applyColors();
    fitColumns();
    fitTable();
}

QWidget* RecentPanel::makeHead() {
    auto* head = new QWidget(this);
    auto* title = new QLabel(tr("Recent"), head);
    QFont bold = title->font();
    bold.setBold(true);
    title->setFont(bold);
    m_find->setObjectName(QStringLiteral("findRecentField"));
    m_find->setPlaceholderText(tr("Find in recent"));
    m_find->setAccessibleName(tr("Find in recent files"));
    m_find->setToolTip(
        tr("Part of a name or folder; Enter opens the first, Down goes to the list"));
    m_find->setClearButtonEnabled(true);
    m_find->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_find->setFixedWidth(192);
    m_find->installEventFilter(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(title);
    row->addStretch();
    row->addWidget(m_find);
    return head;
}

void RecentPanel::setUpTable() {
    m_table->setObjectName(QStringLiteral("recentTable"));
    m_table->setAccessibleName(tr("Recent files"));
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new RecentDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(RecentDelegate::kRowHeight);
    QHeaderView* header = m_table->horizontalHeader();
    auto* style = new PaddedStyle(m_table);
    m_table->setStyle(style);
    header->setStyle(style);
    header->setFixedHeight(kHeaderHeight);
    header->setHighlightSections(false);
    header->setSectionsMovable(false);
    header->setMinimumSectionSize(28);
    header->setSectionResizeMode(RecentModel::Kind, QHeaderView::Fixed);
    header->resizeSection(RecentModel::Kind, kKindWidth);
    header->setSectionResizeMode(RecentModel::Name, QHeaderView::Stretch);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(RecentModel::Opened, Qt::DescendingOrder);
    connect(m_table, &QTableView::activated, this,
            [this](const QModelIndex& index) { openRow(index.row()); });
    addContextMenu();
}

void RecentPanel::addContextMenu() {
    auto* open = new QAction(tr("Open"), m_table);
    open->setObjectName(QStringLiteral("openRecent"));
    open->setToolTip(tr("Open the selected file"));
    connect(open, &QAction::triggered, this, [this] { openRow(m_table->currentIndex().row()); });
    auto* remove = new QAction(tr("Remove from the list"), m_table);
    remove->setObjectName(QStringLiteral("removeRecent"));
    remove->setToolTip(tr("Forget the selected file; the file itself stays"));
    remove->setShortcut(QKeySequence::Delete);
    remove->setShortcutContext(Qt::WidgetShortcut);
    connect(remove, &QAction::triggered, this, &RecentPanel::removeSelected);
    m_table->addActions({open, remove});
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void RecentPanel::addShortcuts() {
    for (int number = 1; number <= 9; ++number) {
        auto* shortcut =
            new QShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + number)), this);
        shortcut->setObjectName(QStringLiteral("openRecent%1").arg(number));
        connect(shortcut, &QShortcut::activated, this, [this, number] {
            if (number <= m_model->rowCount())
                emit fileRequested(m_model->file(number - 1).path);
        });
    }
}

QString RecentPanel::selectedPath() const {
    return m_table->currentIndex().data(RecentModel::PathRole).toString();
}

void RecentPanel::openRow(int proxyRow) {
    const QModelIndex index = m_proxy->index(proxyRow, RecentModel::Name);
    if (index.isValid())
        emit fileRequested(index.data(RecentModel::PathRole).toString());
}

void RecentPanel::removeSelected() {
    const int row = m_table->currentIndex().row();
    if (const QString path = selectedPath(); !path.isEmpty()) {
        m_files.remove({path});
        m_table->selectRow(std::min(row, m_proxy->rowCount() - 1));
    }
}

void RecentPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    checkFiles();
}

void RecentPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        fitColumns();
}

void RecentPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitColumns();
}

/// Down in the field goes to the table.
bool RecentPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_find && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Down && m_proxy->rowCount() > 0) {
        m_table->setFocus(Qt::TabFocusReason);
        m_table->selectRow(0);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

/// Elsewhere: a drive that does not answer must not hold up the window.
void RecentPanel::checkFiles() {
    QStringList paths;
    for (const RecentFile& file : m_files.files())
        paths << file.path;
    m_check.start(
        [paths](const CancellationToken&, const ProgressSink&) {
            QStringList missing;
            for (const QString& path : paths)
                if (!QFileInfo::exists(path))
                    missing << path;
            return missing;
        },
        [this](const QStringList& missing) { tellMissing(missing); });
}

void RecentPanel::tellMissing(const QStringList& paths) {
    if (paths.isEmpty())
        return;
    m_files.remove(paths);
    m_missingPaths << paths;
    m_missingList->hide();
    applyColors();
    m_missing->show();
}

void RecentPanel::showMissing() {
    QStringList names;
    for (const QString& path : m_missingPaths)
        names << QDir::toNativeSeparators(path);
    m_missingList->setText(names.join(QLatin1Char('\n')));
    m_missingList->setVisible(m_missingList->isHidden());
    applyColors();
}

/// Each column as wide as its widest text and the arrow of the sorted one; where the panel is too
/// narrow for all, those that matter least go.
void RecentPanel::fitColumns() {
    int least = kKindWidth + kNameLeast + 2 * m_table->frameWidth();
    int whole = least;
    for (const ColumnWidth& width : kWidths) {
        const int text = m_table->fontMetrics().horizontalAdvance(tr(width.widest));
        const int section = text + 2 * PaddedStyle::kPadding + kArrowWidth;
        m_table->horizontalHeader()->resizeSection(width.column, section);
        whole += section;
        least += isDispensable(width.column) ? 0 : section;
    }
    for (const ColumnWidth& width : kWidths)
        if (isDispensable(width.column))
            m_table->setColumnHidden(width.column, this->width() < whole);
    m_table->setMinimumWidth(least);
}

/// The table is as high as its rows; where it has none, a sentence stands in its place.
void RecentPanel::fitTable() {
    const int rows = m_proxy->rowCount();
    m_table->setMaximumHeight(kHeaderHeight + rows * RecentDelegate::kRowHeight +
                              2 * m_table->frameWidth());
    m_table->setMinimumHeight(kHeaderHeight + std::min(rows, 3) * RecentDelegate::kRowHeight);
    m_table->setVisible(rows > 0);
    m_empty->setVisible(rows == 0);
    m_empty->setText(m_find->text().isEmpty()
                         ? tr("Nothing was opened yet. Drop a file above, or try an example.")
                         : tr("No recent file matches “%1”.").arg(m_find->text()));
}

void RecentPanel::applyColors() {
    QPalette muted = m_empty->palette();
    muted.setColor(QPalette::WindowText, widgets::colors().muted);
    for (QLabel* label : {m_empty, m_missing, m_missingList})
        label->setPalette(muted);
    const int count = static_cast<int>(m_missingPaths.size());
    const QString sentence =
        count == 1 ? tr("1 file is no longer there and was taken off the list.")
                   : tr("%1 files are no longer there and were taken off the list.").arg(count);
    m_missing->setText(QStringLiteral("%1 <a href=\"show\" style=\"color:%2; "
                                      "text-decoration:none\">%3</a>")
                           .arg(sentence, widgets::colors().accent.name(),
                                m_missingList->isHidden() ? tr("Show") : tr("Hide")));
}

}  // namespace clipscope::widgets
