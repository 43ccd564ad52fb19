// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/resources_pane.h"

#include <QFileInfo>
#include <QVBoxLayout>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {

ResourcesPane::ResourcesPane(CalibrationController& controller, QWidget* parent)
    : QWidget(parent),
      m_controller(controller),
      m_rate(new TimeCurve(tr("Rate"))),
      m_memory(new TimeCurve(tr("Host memory"))),
      m_facts(new QLabel) {
    setObjectName(QStringLiteral("resourcesPane"));
    m_rate->setObjectName(QStringLiteral("rateCurve"));
    m_memory->setObjectName(QStringLiteral("memoryCurve"));
    m_facts->setObjectName(QStringLiteral("runFacts"));
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(12);
    layout->addWidget(m_rate);
    layout->addWidget(m_memory);
    layout->addWidget(m_facts);
    layout->addStretch();
    connect(&controller, &CalibrationController::statusChanged, this, &ResourcesPane::refresh);
    connect(&controller, &CalibrationController::runningChanged, this, &ResourcesPane::describe);
    connect(&controller, &CalibrationController::deviceChanged, this, &ResourcesPane::describe);
    describe();
}

void ResourcesPane::refresh() {
    if (!isVisible())
        return;
    QPolygonF rate;
    QPolygonF memory;
    for (const CalibrationMoment& moment : m_controller.history()) {
        rate << QPointF(moment.seconds, moment.rate);
        memory << QPointF(moment.seconds, moment.memory);
    }
    const CalibrationStatus& status = m_controller.status();
    m_rate->setPoints(rate, status.rate > 0
                                ? tr("%1 samples/s").arg(significantText(status.rate, 3))
                                : QStringLiteral("–"));
    m_memory->setPoints(memory, memoryText(status.memory));
}

void ResourcesPane::describe() {
    const session::CalibrationRequest& request = m_controller.request();
    QStringList samples;
    for (const auto& path : request.samples.data)
        samples << QString::fromStdString(path.filename().string());
    const QString row = QStringLiteral("<p style='margin:2px 0'><b>%1</b> %2</p>");
    m_facts->setText(
        row.arg(tr("Model"),
                QString::fromStdString(request.model.filename().string()).toHtmlEscaped()) +
        row.arg(tr("Samples"), samples.join(QStringLiteral(", ")).toHtmlEscaped()) +
        row.arg(tr("Method"), QString::fromStdString(request.method)) +
        row.arg(tr("Device"), m_controller.devices().text(m_controller.device()).toHtmlEscaped()) +
        (request.twoPass ? row.arg(tr("Passes"), tr("two: exact bins as well")) : QString()));
    refresh();
}

}  // namespace clipscope::widgets
