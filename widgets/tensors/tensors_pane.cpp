// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensors_pane.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/style/icons.h"
#include "widgets/style/theme.h"
#include "widgets/tensors/tensor_summary.h"

namespace clipscope::widgets {
namespace {

constexpr int kControl = 24;
constexpr int kSummaryDelay = 30;  ///< ms

QString filterHelp() {
    return TensorsPane::
        tr("<p>All terms must hold:</p><table cellspacing=4>"
           "<tr><td><tt>conv1</tt>, <tt>layer2*conv?</tt></td><td>part of the name, or a pattern "
           "for all of it</td></tr>"
           "<tr><td><tt>op:Conv</tt>, <tt>method:entropy*</tt></td><td>operator, method; "
           "<tt>op:Conv,Gemm</tt> for one of both</td></tr>"
           "<tr><td><tt>sqnr&lt;20</tt>, <tt>clip&gt;1%</tt>, <tt>bits&gt;0.5</tt>, "
           "<tt>t&gt;10</tt>, <tt>gain&gt;3</tt></td><td>also &lt;=, &gt;=, =</td></tr>"
           "<tr><td><tt>%1</tt></td><td>marks</td></tr>"
           "<tr><td><tt>-edited</tt>, <tt>!op:Relu</tt></td><td>not that</td></tr>"
           "<tr><td><tt>\"scale\"</tt></td><td>a name, whatever it looks like</td></tr></table>")
            .arg(TensorFilter::flags().join(QStringLiteral(" ")));
}

}  // namespace

TensorsPane::TensorsPane(Document& document, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_model(document),
      m_proxy(m_model),
      m_table(new TensorTable(document, m_model, m_proxy, this)),
      m_actions(new TensorActions(document, *m_table)),
      m_filterAction(new QAction(tr("Filter tensors"), this)) {
    setObjectName("tensorsPane");
    m_filterAction->setObjectName("tensorFilterFocus");
    m_filterAction->setToolTip(tr("Go to the filter of the tensor table"));
    m_filterAction->setShortcut(QKeySequence::Find);
    addAction(m_filterAction);
    connect(m_filterAction, &QAction::triggered, this, [this] {
        m_filter->setFocus(Qt::ShortcutFocusReason);
        m_filter->selectAll();
    });

    m_problem = new QLabel(this);
    m_problem->setObjectName("tensorFilterProblem");
    m_problem->setWordWrap(true);
    m_problem->setContentsMargins(8, 2, 8, 4);
    m_problem->hide();
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_table);
    m_stack->addWidget(makeEmptyPage("tensorsEmpty", m_noTensors, tr("Add samples…"),
                                     [this] { emit addSamplesRequested(); }));
    m_stack->addWidget(makeEmptyPage("tensorsNoMatch", m_noMatch, tr("Clear filter"),
                                     [this] { m_filter->clear(); }));
    m_noTensors->setText(tr("No tensors yet. Add samples and press Calibrate."));
    m_summary = new QLabel(this);
    m_summary->setObjectName("tensorSummary");
    m_summary->setFixedHeight(kControl);
    m_summary->setContentsMargins(8, 0, 8, 0);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeFilterRow());
    layout->addWidget(m_problem);
    layout->addWidget(m_stack, 1);
    auto* line = new QFrame(this);
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Plain);
    line->setFixedHeight(1);
    line->setForegroundRole(QPalette::Mid);
    layout->addWidget(line);
    layout->addWidget(m_summary);

    m_summaryTimer.setSingleShot(true);
    m_summaryTimer.setInterval(kSummaryDelay);
    connect(&m_summaryTimer, &QTimer::timeout, this, &TensorsPane::updateSummary);
    const auto later = [this] { m_summaryTimer.start(); };
    for (const auto signal : {&QAbstractItemModel::modelReset})
        connect(&m_proxy, signal, this, &TensorsPane::updatePage);
    connect(&m_proxy, &QAbstractItemModel::rowsInserted, this, &TensorsPane::updatePage);
    connect(&m_proxy, &QAbstractItemModel::rowsRemoved, this, &TensorsPane::updatePage);
    connect(&m_proxy, &QAbstractItemModel::dataChanged, this, later);
    connect(m_table, &TensorTable::selectedRowsChanged, this, later);
    connect(m_table, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        m_actions->contextMenu()->popup(m_table->viewport()->mapToGlobal(at));
    });
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_actions, &TensorActions::failed, this, &TensorsPane::failed);
    connect(&Theme::instance(), &Theme::changed, this, &TensorsPane::updateIcons);
    updateIcons();
    updatePage();
}

QWidget* TensorsPane::makeFilterRow() {
    m_filter = new QLineEdit;
    m_filter->setObjectName("tensorFilter");
    m_filter->setAccessibleName(tr("Filter of the tensors"));
    m_filter->setPlaceholderText(tr("Filter: name, or sqnr<20 op:Conv edited clip>1%"));
    m_filter->setToolTip(filterHelp());
    m_filter->setClearButtonEnabled(true);
    m_filter->setFixedHeight(kControl);
    connect(m_filter, &QLineEdit::textChanged, this, &TensorsPane::applyFilter);
    m_filter->installEventFilter(this);
    m_columns = new QToolButton;
    m_columns->setObjectName("tensorColumns");
    m_columns->setAccessibleName(tr("Columns"));
    m_columns->setToolTip(tr("Columns that are shown"));
    m_columns->setFixedSize(kControl + 2, kControl);
    // Not setMenu(): that draws an arrow over the icon.
    connect(m_columns, &QToolButton::clicked, this, [this] {
        m_table->columnsMenu()->popup(m_columns->mapToGlobal(m_columns->rect().bottomLeft()));
    });
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->setSpacing(4);
    layout->addWidget(m_filter, 1);
    layout->addWidget(m_columns);
    return row;
}

QWidget* TensorsPane::makeEmptyPage(const char* name, QLabel*& label, const QString& button,
                                    const std::function<void()>& act) {
    auto* page = new QWidget;
    page->setObjectName(name);
    page->setAutoFillBackground(true);
    page->setBackgroundRole(QPalette::Base);
    label = new QLabel;
    label->setObjectName(QLatin1String(name) + QStringLiteral("Text"));
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    auto* action = new QPushButton(button);
    action->setObjectName(QLatin1String(name) + QStringLiteral("Button"));
    action->setToolTip(button);
    action->setFixedHeight(kControl);
    connect(action, &QPushButton::clicked, this, act);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(12);
    layout->addStretch(2);
    layout->addWidget(label);
    layout->addWidget(action, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    return page;
}

void TensorsPane::updateIcons() {
    for (QAction* action : m_filter->findChildren<QAction*>("tensorFilterIcon"))
        delete action;
    QAction* leading = m_filter->addAction(icon("filter"), QLineEdit::LeadingPosition);
    leading->setObjectName("tensorFilterIcon");
    leading->setToolTip(filterHelp());
    m_columns->setIcon(icon("columns"));
    QPalette colors = m_problem->palette();
    colors.setColor(QPalette::WindowText, widgets::colors().warning);
    m_problem->setPalette(colors);
    colors.setColor(QPalette::WindowText, widgets::colors().muted);
    m_summary->setPalette(colors);
    m_noTensors->setPalette(colors);
    m_noMatch->setPalette(colors);
}

QList<QAction*> TensorsPane::paneActions() const {
    return QList<QAction*>{m_filterAction} + m_actions->all();
}

void TensorsPane::setFilterText(const QString& text) {
    m_filter->setText(text);
}

void TensorsPane::applyFilter(const QString& text) {
    const TensorFilter filter = TensorFilter::parse(text);
    m_problem->setText(filter.problem());
    m_problem->setVisible(!filter.problem().isEmpty());
    if (filter.uses(TensorFilter::Figure::Gain))
        m_model.loader().needGains();
    m_proxy.setFilter(filter);
    updatePage();
}

void TensorsPane::updatePage() {
    const bool isEmpty = m_model.rowCount() == 0;
    const bool hasMatch = m_proxy.rowCount() > 0;
    m_stack->setCurrentIndex(isEmpty ? 1 : hasMatch ? 0 : 2);
    m_filter->setEnabled(!isEmpty);
    m_noMatch->setText(tr("No tensor matches `%1`.").arg(m_filter->text()));
    m_summaryTimer.start();
}

void TensorsPane::updateSummary() {
    const QString text = tableSummary(m_model, m_proxy, m_table->selectedCount());
    m_summary->setText(m_summary->fontMetrics().elidedText(text, Qt::ElideRight,
                                                           m_summary->contentsRect().width()));
    m_summary->setToolTip(text.isEmpty() ? text
                                         : tr("%1\nFused: TensorRT computes it inside another "
                                              "layer, so its scale is written but "
                                              "not used. Float: stays in float.")
                                               .arg(text));
}

bool TensorsPane::eventFilter(QObject* watched, QEvent* event) {
    const bool isKey =
        event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
    const int key = isKey ? static_cast<QKeyEvent*>(event)->key() : 0;
    const bool goes = key == Qt::Key_Escape || key == Qt::Key_Down || key == Qt::Key_Return ||
                      key == Qt::Key_Enter;
    if (watched != m_filter || !goes)
        return QWidget::eventFilter(watched, event);
    event->accept();
    if (event->type() == QEvent::ShortcutOverride)
        return true;  // Escape is a shortcut of the window too.
    if (key == Qt::Key_Escape)
        m_filter->clear();
    m_table->setFocus();
    return true;
}

void TensorsPane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_summaryTimer.start();
}

}  // namespace clipscope::widgets
