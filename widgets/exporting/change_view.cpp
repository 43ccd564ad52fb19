// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/change_view.h"

#include <QButtonGroup>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <array>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kRowHeight = 22;
/// More text than this is not for reading; a text view of it would take seconds.
constexpr size_t kMostText = size_t{2} << 20;

/// One of several choices side by side; the chosen one as selected rows are.
class SegmentButton : public QToolButton {
public:
    using QToolButton::QToolButton;

    QSize sizeHint() const override {
        return {fontMetrics().horizontalAdvance(text()) + 20,
                std::max(24, fontMetrics().height() + 6)};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Palette& colors = widgets::colors();
        QPainter painter(this);
        const QRect frame = rect().adjusted(0, 0, -1, -1);
        painter.setPen(isChecked() || hasFocus() ? colors.accent : colors.line);
        painter.setBrush(isChecked()    ? colors.selection
                         : underMouse() ? colors.alternate
                                        : colors.base);
        painter.drawRect(frame);
        painter.setPen(colors.text);
        painter.drawText(frame, Qt::AlignCenter, text());
    }
};

}  // namespace

ChangeView::ChangeView(QWidget* parent)
    : QWidget(parent), m_model(new ChangeModel(this)), m_stack(new QStackedWidget(this)) {
    makeTable();
    m_text = new QPlainTextEdit(this);
    m_text->setObjectName(QStringLiteral("bytesText"));
    m_text->setAccessibleName(tr("The file as it will be written"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_text);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(makeHead());
    column->addWidget(m_stack, 1);
    connect(m_model, &QAbstractItemModel::modelReset, this, &ChangeView::spanSkipped);
}

void ChangeView::makeTable() {
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("changeTable"));
    m_table->setAccessibleName(tr("Changed lines"));
    m_table->setModel(m_model);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(
        std::max(kRowHeight, fontMetrics().height() + 4));
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsClickable(false);
    header->setMinimumSectionSize(24);
    QFont plain = header->font();
    plain.setBold(false);
    header->setFont(plain);
    const int digit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    const std::array<int, ChangeModel::kColumns> digits{6, 30, 12, 3, 13, 9, 12, 3, 12, 13};
    for (int column = 0; column < ChangeModel::kColumns; ++column)
        header->resizeSection(column, digit * digits[static_cast<size_t>(column)]);
    header->setSectionResizeMode(ChangeModel::Tensor, QHeaderView::Stretch);
}

QWidget* ChangeView::makeHead() {
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(new FigureLabel(tr("Changes against"), FigureLabel::Role::Strong));
    m_against = new QComboBox(head);
    m_against->setObjectName(QStringLiteral("againstBox"));
    m_against->setAccessibleName(tr("Compared with"));
    m_against->setToolTip(tr("What the new lines are compared with"));
    m_against->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_against->addItem(tr("what the method chose"));
    connect(m_against, &QComboBox::activated, this,
            [this](int index) { emit comparedWithFile(index == 1); });
    row->addWidget(m_against);
    m_count = new FigureLabel({}, FigureLabel::Role::Muted);
    m_count->setObjectName(QStringLiteral("changeCount"));
    row->addWidget(m_count, 1);
    m_modes = new QButtonGroup(this);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(0);
    const std::array names{tr("Changed, with context"), tr("All lines"), tr("As text")};
    const std::array tips{tr("The changed lines and two on either side of each"),
                          tr("Every line of the file"), tr("The file byte for byte")};
    const std::array ids{"contextMode", "allMode", "textMode"};
    for (size_t i = 0; i < names.size(); ++i) {
        auto* button = new SegmentButton(head);
        button->setObjectName(QString::fromLatin1(ids[i]));
        button->setText(names[i]);
        button->setToolTip(tips[i]);
        button->setCheckable(true);
        m_modes->addButton(button, static_cast<int>(i));
        buttons->addWidget(button);
    }
    m_modes->button(Context)->setChecked(true);
    connect(m_modes, &QButtonGroup::idClicked, this,
            [this](int mode) { setMode(static_cast<Mode>(mode)); });
    row->addLayout(buttons);
    return head;
}

void ChangeView::setMode(Mode mode) {
    m_modes->button(mode)->setChecked(true);
    m_stack->setCurrentIndex(mode == Text ? 1 : 0);
    if (mode != Text)
        m_model->setShowsAll(mode == All);
}

void ChangeView::setPreview(const std::shared_ptr<const session::ExportPreview>& preview) {
    m_preview = preview;
    m_model->setPreview(preview);
    if (!preview) {
        m_text->clear();
        m_count->setText({});
        return;
    }
    m_count->setText(preview->changed == 0
                         ? tr("no line changes")
                         : tr("%1 of %2 lines")
                               .arg(countText(preview->changed), countText(preview->lines.size())));
    const std::string& bytes = preview->content.bytes;
    const size_t shown = std::min(bytes.size(), kMostText);
    QString text = QString::fromUtf8(bytes.data(), static_cast<qsizetype>(shown));
    if (shown < bytes.size())
        text += tr("\n… and %1 bytes more").arg(countText(bytes.size() - shown));
    m_text->setPlainText(text);
}

void ChangeView::setFile(const QString& name, bool isCompared) {
    while (m_against->count() > 1)
        m_against->removeItem(1);
    if (!name.isEmpty())
        m_against->addItem(tr("the file there now, %1").arg(name));
    m_against->setCurrentIndex(!name.isEmpty() && isCompared ? 1 : 0);
}

void ChangeView::spanSkipped() {
    m_table->clearSpans();
    for (int row = 0; row < m_model->rowCount(); ++row)
        if (m_model->isSkipped(row))
            m_table->setSpan(row, 0, 1, ChangeModel::kColumns);
}

}  // namespace clipscope::widgets
