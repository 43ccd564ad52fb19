// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/preview_strip.h"

#include <QImage>
#include <QPainter>
#include <algorithm>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kItems = 6;
constexpr int kPicture = 96;
constexpr int kCell = 116;
constexpr int kLines = 3;  ///< of text under a picture

QImage imageOf(const data::Image& picture) {
    if (picture.data.empty())
        return {};
    const auto width = static_cast<int>(picture.width);
    const auto height = static_cast<int>(picture.height);
    const int channels = static_cast<int>(picture.channels);
    return QImage(picture.data.data(), width, height, width * channels,
                  channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888)
        .copy();
}

}  // namespace

PreviewStrip::PreviewStrip(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("previewStrip"));
    setAccessibleName(tr("The first samples as the model gets them"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize PreviewStrip::sizeHint() const {
    return {kItems * kCell, kPicture + kLines * fontMetrics().height() + 8};
}

QSize PreviewStrip::minimumSizeHint() const {
    return {2 * kCell, sizeHint().height()};
}

void PreviewStrip::setRequest(const std::filesystem::path& model,
                              const session::SampleRequest& request) {
    if (model.empty() || (request.data.empty() && request.inputs.empty())) {
        m_jobs.cancel();
        take({}, {});
        return;
    }
    m_jobs.start(
        [model, request](const CancellationToken& cancel, const ProgressSink&) {
            return session::previewSamples(model, request, kItems, cancel);
        },
        [this](session::SamplePreview preview) { take(std::move(preview), {}); },
        [this](const QString& message) { take({}, message); });
}

void PreviewStrip::take(session::SamplePreview preview, const QString& problem) {
    m_preview = std::move(preview);
    m_problem = problem;
    QStringList lines;
    for (const session::SamplePreview::Item& item : m_preview.items)
        lines << QString::fromStdString(item.id +
                                        (item.problem.empty() ? "" : ": " + item.problem));
    setToolTip(lines.join(QLatin1Char('\n')));
    update();
    emit previewChanged();
}

void PreviewStrip::drawItem(QPainter& painter, const QRect& cell,
                            const session::SamplePreview::Item& item) const {
    const QRect frame(cell.left(), cell.top(), kPicture, kPicture);
    painter.fillRect(frame, colors().alternate);
    if (const QImage image = imageOf(item.picture); !image.isNull()) {
        const bool isSmall = image.width() < kPicture;
        painter.setRenderHint(QPainter::SmoothPixmapTransform, !isSmall);
        QRect target(QPoint(), image.size().scaled(frame.size(), Qt::KeepAspectRatio));
        target.moveCenter(frame.center());
        painter.drawImage(target, image);
    } else {
        painter.setPen(item.problem.empty() ? colors().muted : colors().error);
        painter.drawText(
            frame.adjusted(4, 4, -4, -4), Qt::AlignCenter | Qt::TextWordWrap,
            item.problem.empty() ? QString::fromStdString(item.shape) : tr("cannot be read"));
    }
    painter.setPen(colors().line);
    painter.drawRect(frame.adjusted(0, 0, -1, -1));

    const int height = fontMetrics().height();
    QRect line(cell.left(), frame.bottom() + 4, kCell - 6, height);
    QString name = QString::fromStdString(item.id).section(QLatin1Char('/'), -1);
    if (!item.picture.data.empty() && name.endsWith(QStringLiteral("#0")))
        name.chop(2);  // A file of one picture.
    painter.setPen(colors().text);
    painter.drawText(line, Qt::AlignLeft,
                     fontMetrics().elidedText(name, Qt::ElideMiddle, line.width()));
    if (!item.problem.empty())
        return;
    painter.setPen(colors().muted);
    line.translate(0, height);
    painter.drawText(line, Qt::AlignLeft, rangeText(item.min, item.max, 3));
    line.translate(0, height);
    painter.drawText(line, Qt::AlignLeft, tr("mean %1").arg(significantText(item.mean, 3)));
}

void PreviewStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    // Whole ones only.
    const size_t fitting = static_cast<size_t>(std::max(1, width() / kCell));
    for (size_t i = 0; i < std::min(fitting, m_preview.items.size()); ++i)
        drawItem(painter, QRect(static_cast<int>(i) * kCell, 0, kCell, height()),
                 m_preview.items[i]);
    if (m_preview.items.empty()) {
        painter.setPen(colors().faint);
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                         m_jobs.isRunning() ? tr("Reading the first samples…")
                                            : tr("The first samples appear here as the model "
                                                 "will get them."));
    }
}

}  // namespace clipscope::widgets
