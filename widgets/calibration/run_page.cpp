// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/run_page.h"

#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/calibration/live_model.h"
#include "widgets/style/icons.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kColumns = 3;
constexpr int kRows = 3;

QLabel* label(const char* name) {
    auto* made = new QLabel;
    made->setObjectName(QLatin1String(name));
    return made;
}

/// Where the n-th of `shown` histograms lies among `count` tensors: spread over the graph.
size_t spread(size_t n, size_t shown, size_t count) {
    return shown <= 1 ? 0 : n * (count - 1) / (shown - 1);
}

}  // namespace

RunPage::RunPage(CalibrationController& controller, QWidget* parent)
    : QWidget(parent),
      m_controller(controller),
      m_title(label("runTitle")),
      m_share(label("runShare")),
      m_bar(new QProgressBar),
      m_figures(label("runFigures")),
      m_device(label("runDevice")),
      m_stages(label("runStages")),
      m_use(new QPushButton(icon(QStringLiteral("export")), tr("Use what is there"))),
      m_cancel(new QPushButton(icon(QStringLiteral("stop")), tr("Cancel"))) {
    setObjectName(QStringLiteral("runPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeHead());
    auto* line = new QFrame;
    line->setFixedHeight(1);
    line->setBackgroundRole(QPalette::Mid);
    line->setAutoFillBackground(true);
    layout->addWidget(line);
    layout->addWidget(makeGrid(), 1);
    connect(m_use, &QPushButton::clicked, &controller, &CalibrationController::useWhatIsThere);
    connect(m_cancel, &QPushButton::clicked, &controller, &CalibrationController::cancel);
    connect(&controller, &CalibrationController::statusChanged, this, &RunPage::refresh);
    connect(&controller, &CalibrationController::liveChanged, this, &RunPage::refreshLive);
    connect(&controller, &CalibrationController::runningChanged, this, [this](bool running) {
        if (running)
            for (MiniHistogram* histogram : m_histograms)
                histogram->setTensor({}, nullptr, false);
        refresh();
    });
}

QWidget* RunPage::makeHead() {
    QFont bold = m_title->font();
    bold.setWeight(QFont::DemiBold);
    bold.setPointSizeF(bold.pointSizeF() + 1.5);
    m_title->setFont(bold);
    m_bar->setObjectName(QStringLiteral("runBar"));
    m_bar->setAccessibleName(tr("Samples done"));
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(14);
    const auto colour = [this] {
        QPalette shades = m_bar->palette();
        shades.setColor(QPalette::Highlight, colors().accent);
        m_bar->setPalette(shades);
    };
    connect(&Theme::instance(), &Theme::changed, this, colour);
    colour();
    m_use->setObjectName(QStringLiteral("useWhatIsThere"));
    m_use->setToolTip(tr("Stops and keeps what was collected as a partial session"));
    m_cancel->setObjectName(QStringLiteral("cancelRun"));
    m_cancel->setToolTip(tr("Stops and drops what was collected (Esc)"));

    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addWidget(m_title);
    top->addWidget(m_share);
    top->addStretch();
    top->addWidget(m_use);
    top->addWidget(m_cancel);
    auto* head = new QWidget;
    auto* layout = new QVBoxLayout(head);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(8);
    layout->addLayout(top);
    layout->addWidget(m_bar);
    layout->addWidget(m_figures);
    layout->addWidget(m_device);
    layout->addWidget(m_stages);
    return head;
}

QWidget* RunPage::makeGrid() {
    auto* caption = label("liveCaption");
    caption->setText(tr("Histograms as they grow, counts on a logarithmic axis"));
    caption->setForegroundRole(QPalette::PlaceholderText);
    auto* grid = new QWidget;
    auto* layout = new QGridLayout(grid);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setHorizontalSpacing(16);
    layout->setVerticalSpacing(8);
    layout->addWidget(caption, 0, 0, 1, kColumns);
    for (int row = 0; row < kRows; ++row)
        for (int column = 0; column < kColumns; ++column) {
            auto* histogram = new MiniHistogram;
            histogram->setObjectName(QStringLiteral("live%1").arg(m_histograms.size()));
            layout->addWidget(histogram, row + 1, column);
            layout->setRowStretch(row + 1, 1);
            m_histograms.push_back(histogram);
        }
    return grid;
}

void RunPage::refresh() {
    const CalibrationStatus& status = m_controller.status();
    const QString model = QString::fromStdString(m_controller.request().model.filename().string());
    m_title->setText(status.isLoading      ? tr("Loading %1").arg(model)
                     : status.isSecondPass ? tr("Counting exact bins of %1").arg(model)
                                           : tr("Collecting histograms of %1").arg(model));
    m_bar->setRange(0, status.isLoading ? 0 : static_cast<int>(status.total));
    m_bar->setValue(static_cast<int>(status.done));
    if (status.isLoading)
        m_share->clear();
    else
        m_share->setText(tr("%1 of %2 samples, %3 %")
                             .arg(countText(static_cast<uint64_t>(status.done)),
                                  countText(static_cast<uint64_t>(status.total)))
                             .arg(status.total > 0 ? 100 * status.done / status.total : 0));
    const QString figure = QStringLiteral("%1 <b>%2</b>");
    m_figures->setText(QStringList{
        figure.arg(tr("Rate"), status.rate > 0
                                   ? tr("%1 samples/s").arg(significantText(status.rate, 3))
                                   : QStringLiteral("–")),
        figure.arg(tr("Elapsed"), durationText(status.elapsed)),
        figure.arg(tr("Left"), durationText(status.left)),
        figure.arg(tr("Memory"), memoryText(status.memory))}
                           .join(QStringLiteral("&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;")));
    refreshDevice();
    const bool twoPass = m_controller.request().twoPass;
    QStringList stages{tr("Load model"), tr("Collect")};
    if (twoPass)
        stages << tr("Second pass");
    stages << tr("Thresholds: %1").arg(QString::fromStdString(m_controller.request().method));
    const bool isCounted = status.total > 0 && status.done == status.total;
    const int now = status.isLoading ? 0 : (status.isSecondPass ? 2 : 1) + (isCounted ? 1 : 0);
    for (int stage = 0; stage < stages.size(); ++stage)
        stages[stage] = stage < now    ? QStringLiteral("✓ ") + stages[stage]
                        : stage == now ? QStringLiteral("▸ <b>%1</b>").arg(stages[stage])
                                       : QStringLiteral("○ ") + stages[stage];
    m_stages->setText(stages.join(QStringLiteral("&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;")));
    m_use->setEnabled(m_controller.isRunning() && (status.done > 0 || m_controller.live()));
    m_cancel->setEnabled(m_controller.isRunning());
}

/// What is known before the first batch is the choice, then where it really runs.
void RunPage::refreshDevice() {
    const DeviceList& devices = m_controller.devices();
    const auto snapshot = m_controller.live();
    const std::string& name = snapshot ? snapshot->device.name : m_controller.device();
    QString text =
        QStringLiteral("%1 <b>%2</b>").arg(tr("Device"), devices.text(name).toHtmlEscaped());
    if (snapshot && snapshot->device.left.nodes > 0) {
        const session::HostShare& left = snapshot->device.left;
        text +=
            QStringLiteral("&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;%1 <b>%2</b>")
                .arg(tr("On the CPU"), tr("%1 of %2, %3 % of the time")
                                           .arg(countText(left.nodes),
                                                pluralText(left.allNodes, tr("node"), tr("nodes")))
                                           .arg(qRound(100 * left.share)));
    }
    m_device->setText(text);
    m_device->setToolTip(
        tr("Where the model runs. What a GPU has no kernel for runs on the CPU, "
           "with copies to and fro, which count as its time."));
}

void RunPage::refreshLive() {
    const auto snapshot = m_controller.live();
    if (!snapshot)
        return;
    refresh();
    const size_t count = snapshot->tensors.size();
    const size_t shown = std::min(count, m_histograms.size());
    for (size_t n = 0; n < m_histograms.size(); ++n) {
        m_histograms[n]->setVisible(n < shown);
        if (n >= shown)
            continue;
        const size_t at = spread(n, shown, count);
        const session::LiveTensor& tensor = snapshot->tensors[at];
        const bool isGrowing = snapshot->done > LiveModel::kGrowingWithin &&
                               snapshot->done - tensor.raisedBy < LiveModel::kGrowingWithin;
        m_histograms[n]->setTensor(QString::fromStdString((*snapshot->names)[at].tensor),
                                   tensor.raisedBy >= 0 ? &tensor : nullptr, isGrowing);
    }
}

}  // namespace clipscope::widgets
