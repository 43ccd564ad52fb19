// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/log/log_pane.h"

#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>

namespace clipscope::widgets {
namespace {

constexpr int kRowHeight = 20;

}  // namespace

LogPane::LogPane(LogModel& model, QWidget* parent)
    : QStackedWidget(parent), m_model(model), m_table(new QTableView) {
    setObjectName(QStringLiteral("logPane"));
    m_table->setObjectName(QStringLiteral("logTable"));
    m_table->setAccessibleName(tr("Log"));
    m_table->setModel(&model);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->horizontalHeader()->hide();
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->resizeSection(LogModel::Time, 72);
    m_table->horizontalHeader()->resizeSection(LogModel::Level, 28);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    auto* empty = new QLabel(tr("Nothing to report."));
    empty->setObjectName(QStringLiteral("logEmpty"));
    empty->setAlignment(Qt::AlignCenter);
    empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty = empty;
    addWidget(m_table);
    addWidget(m_empty);
    connect(&model, &QAbstractItemModel::rowsInserted, this, &LogPane::refresh);
    connect(&model, &QAbstractItemModel::modelReset, this, &LogPane::refresh);
    refresh();
}

void LogPane::refresh() {
    setCurrentWidget(m_model.rowCount() > 0 ? static_cast<QWidget*>(m_table) : m_empty);
    m_table->scrollToBottom();
}

}  // namespace clipscope::widgets
