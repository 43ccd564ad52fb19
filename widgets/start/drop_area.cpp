// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/drop_area.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

#include "widgets/start/action_button.h"
#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kHeight = 148;
constexpr int kIconSize = 32;

}  // namespace

DropArea::DropArea(QWidget* parent) : QFrame(parent), m_icon(new QLabel(this)) {
    setObjectName(QStringLiteral("dropArea"));
    setMinimumHeight(kHeight);
    auto* title = new QLabel(tr("Drop a model, samples, a session or a cache here"), this);
    title->setFont(scaledFont(font(), 16.0 / 12));
    title->setWordWrap(true);
    m_lines = {new QLabel(tr("Model: .onnx  ·  Samples: a folder of images, .npy, .npz  ·  "
                             "Session: .clipscope  ·  Ranges: a TensorRT cache"),
                          this),
               new QLabel(tr("A model and its samples can be dropped together"), this)};
    auto* column = new QVBoxLayout;
    column->setSpacing(2);
    column->addStretch();
    column->addWidget(title);
    for (QLabel* line : m_lines) {
        line->setWordWrap(true);
        column->addWidget(line);
    }
    column->addStretch();
    setAccessibleName(title->text());
    setAccessibleDescription(m_lines[0]->text());

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(64, 8, 24, 8);
    row->setSpacing(24);
    row->addWidget(m_icon);
    row->addLayout(column, 1);
    applyColors();
    connect(&Theme::instance(), &Theme::changed, this, &DropArea::applyColors);
}

void DropArea::setHighlighted(bool highlighted) {
    m_isHighlighted = highlighted;
    update();
}

void DropArea::applyColors() {
    const Palette& colors = widgets::colors();
    m_icon->setPixmap(
        iconPixmap(QStringLiteral("drop"), colors.accent, kIconSize, devicePixelRatioF()));
    for (QLabel* line : m_lines) {
        QPalette muted = line->palette();
        muted.setColor(QPalette::WindowText, colors.muted);
        line->setPalette(muted);
    }
    update();
}

void DropArea::paintEvent(QPaintEvent*) {
    const Palette& colors = widgets::colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(m_isHighlighted ? colors.accent : colors.line, 2);
    if (!m_isHighlighted)
        pen.setDashPattern({3, 2});
    painter.setPen(pen);
    painter.setBrush(m_isHighlighted ? colors.note : colors.base);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

}  // namespace clipscope::widgets
