// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/live_pane.h"

#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "widgets/calibration/mini_histogram.h"
#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

constexpr int kRowHeight = 22;

/// Draws the distribution so far.
class LiveDelegate : public QStyledItemDelegate {
public:
    LiveDelegate(const LiveModel& model, QObject* parent)
        : QStyledItemDelegate(parent), m_model(model) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyledItemDelegate::paint(painter, option, index);
        if (const session::LiveTensor* tensor = m_model.tensor(index.row())) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            drawSteps(*painter, QRectF(option.rect).adjusted(4, 3, -4, -3), *tensor);
            painter->restore();
        }
    }

private:
    const LiveModel& m_model;
};

}  // namespace

LivePane::LivePane(CalibrationController& controller, QWidget* parent)
    : QWidget(parent), m_controller(controller), m_table(new QTableView), m_summary(new QLabel) {
    setObjectName(QStringLiteral("livePane"));
    m_table->setObjectName(QStringLiteral("liveTable"));
    m_table->setAccessibleName(tr("Tensors so far"));
    m_table->setModel(&m_model);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_table->setItemDelegateForColumn(LiveModel::SoFar, new LiveDelegate(m_model, this));
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionResizeMode(LiveModel::Tensor, QHeaderView::Stretch);
    header->resizeSection(LiveModel::Op, 84);
    header->resizeSection(LiveModel::SoFar, 92);
    header->resizeSection(LiveModel::Amax, 64);
    header->resizeSection(LiveModel::RaisedBy, 100);
    m_summary->setObjectName(QStringLiteral("liveSummary"));
    m_summary->setContentsMargins(8, 4, 8, 4);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_table);
    layout->addWidget(m_summary);
    connect(&controller, &CalibrationController::liveChanged, this, &LivePane::refresh);
    connect(&controller, &CalibrationController::runningChanged, this, [this](bool running) {
        if (running)
            m_model.setSnapshot(nullptr);
        refresh();
    });
    refresh();
}

void LivePane::refresh() {
    if (m_controller.live())
        m_model.setSnapshot(m_controller.live());
    const int growing = m_model.growingCount();
    QString text = m_model.rowCount() == 0 ? tr("Waiting for the first batch…")
                                           : pluralText(static_cast<uint64_t>(m_model.rowCount()),
                                                        tr("tensor"), tr("tensors"));
    if (growing > 0)
        text += tr(" · %1 still growing in the last %2 samples")
                    .arg(growing)
                    .arg(LiveModel::kGrowingWithin);
    m_summary->setText(text);
}

}  // namespace clipscope::widgets
