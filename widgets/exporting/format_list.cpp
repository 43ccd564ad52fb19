// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/format_list.h"

#include <QLineEdit>
#include <QVBoxLayout>

#include "widgets/style/icons.h"

namespace clipscope::widgets {
namespace {

constexpr int kWidth = 244;
constexpr int kGap = 8;

}  // namespace

FormatList::FormatList(QWidget* parent)
    : QWidget(parent), m_model(new FormatModel(this)), m_list(new QListView(this)) {
    setFixedWidth(kWidth);
    auto* filter = new QLineEdit(this);
    filter->setObjectName(QStringLiteral("formatFilter"));
    filter->setPlaceholderText(tr("Find a format"));
    filter->setAccessibleName(tr("Find a format"));
    filter->setToolTip(tr("Part of a name, an id or an extension"));
    filter->setClearButtonEnabled(true);
    filter->addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    m_list->setObjectName(QStringLiteral("formatList"));
    m_list->setAccessibleName(tr("Formats"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new FormatDelegate(m_list));
    m_list->setMouseTracking(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGap);
    column->addWidget(filter);
    column->addWidget(m_list, 1);
    connect(filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model->setFilter(text);
        setCurrent(m_current);
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) {
                const QString id = index.data(FormatModel::IdRole).toString();
                if (!id.isEmpty() && id.toStdString() != m_current)
                    emit chosen(id);
            });
}

void FormatList::setCurrent(const std::string& id) {
    m_current = id;
    m_list->setCurrentIndex(m_model->index(m_model->rowOf(id)));
}

}  // namespace clipscope::widgets
