// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/status_strip.h"

#include <QFileInfo>
#include <QTimer>
#include <algorithm>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

constexpr int kMemoryInterval = 2000;  ///< ms

}  // namespace

StatusStrip::StatusStrip(Document& document, CalibrationController& calibration, QWidget* parent)
    : QStatusBar(parent), m_document(document), m_calibration(calibration), m_told(new QLabel) {
    setObjectName(QStringLiteral("statusStrip"));
    setSizeGripEnabled(false);
    m_told->setObjectName(QStringLiteral("statusText"));
    m_told->setContentsMargins(4, 0, 0, 0);
    addWidget(m_told, 1);
    m_file = addPermanent("statusFile", tr("The open document, and edits that are not saved"));
    m_contents = addPermanent("statusContents", tr("Tensors that get a scale, and samples"));
    m_device = addPermanent("statusDevice", tr("Where models run"));
    m_memory = addPermanent("statusMemory", tr("Memory that Clipscope holds"));
    connect(&calibration, &CalibrationController::deviceChanged, this, &StatusStrip::showDevice);
    connect(&document, &Document::sessionChanged, this, &StatusStrip::refresh);
    connect(&document, &Document::tensorChanged, this, &StatusStrip::refresh);
    connect(&document, &Document::modifiedChanged, this, &StatusStrip::refresh);
    connect(&calibration, &CalibrationController::statusChanged, this, &StatusStrip::refresh);
    connect(&calibration, &CalibrationController::runningChanged, this, &StatusStrip::refresh);
    auto* timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, &StatusStrip::refreshMemory);
    timer->start(kMemoryInterval);
    refresh();
    refreshMemory();
    showDevice();
    tell(tr("Ready"));
}

QLabel* StatusStrip::addPermanent(const char* name, const QString& tip) {
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(name));
    label->setToolTip(tip);
    label->setContentsMargins(8, 0, 8, 0);
    addPermanentWidget(label);
    return label;
}

void StatusStrip::tell(const QString& message) {
    m_told->setText(message);
    m_told->setToolTip(message);
}

void StatusStrip::refresh() {
    if (m_calibration.isRunning() && !m_calibration.status().isLoading) {
        const CalibrationStatus& status = m_calibration.status();
        tell(tr("Collecting: %1 of %2 samples, %3 samples/s, %4 left")
                 .arg(status.done)
                 .arg(status.total)
                 .arg(significantText(status.rate, 3), durationText(status.left)));
    }
    const session::Session* session = m_document.session();
    m_file->setVisible(session);
    m_contents->setVisible(session);
    if (!session)
        return;
    QString file = QFileInfo(m_document.path()).fileName();
    if (file.isEmpty())
        file = session->rangesPath.empty()
                   ? QString::fromStdString(session->modelName)
                   : QFileInfo(QString::fromStdString(session->rangesPath)).fileName();
    const int edited = m_document.editedCount();
    if (m_document.path().isEmpty() && !session->samples.empty())
        file = tr("new session of %1").arg(file);
    if (session->isPartial)
        file += tr(", partial");
    if (m_document.isModified())
        file += edited > 0 ? tr(", %1 edited, unsaved").arg(edited) : tr(", unsaved");
    else if (edited > 0)
        file += tr(", %1 edited").arg(edited);
    m_file->setText(file);
    const auto scaled =
        std::ranges::count_if(session->tensors, &session::TensorEntry::isActivation);
    QString contents = pluralText(static_cast<uint64_t>(scaled), tr("tensor"), tr("tensors"));
    if (!session->samples.empty())
        contents +=
            QStringLiteral(", ") + pluralText(session->samples.size(), tr("sample"), tr("samples"));
    m_contents->setText(contents);
}

void StatusStrip::showDevice() {
    m_device->setText(m_calibration.devices().text(m_calibration.device()));
}

void StatusStrip::refreshMemory() {
    m_memory->setText(tr("Memory %1").arg(memoryText(processMemory())));
}

}  // namespace clipscope::widgets
