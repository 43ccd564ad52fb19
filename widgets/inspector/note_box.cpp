// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/note_box.h"

#include <QHBoxLayout>
#include <QPainter>

#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {

NoteBox::NoteBox(Kind kind, QWidget* parent)
    : QFrame(parent), m_kind(kind), m_icon(new QLabel(this)), m_label(new QLabel(this)) {
    m_label->setWordWrap(true);
    m_label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_label->setObjectName(QStringLiteral("noteText"));
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::LinksAccessibleByMouse);
    m_label->setFocusPolicy(Qt::NoFocus);
    connect(m_label, &QLabel::linkActivated, this, &NoteBox::linkActivated);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 6, 8, 6);
    row->setSpacing(8);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addWidget(m_label, 1);
    connect(&Theme::instance(), &Theme::changed, this, &NoteBox::showColors);
    showColors();
    hide();
}

void NoteBox::setText(const QString& text) {
    setVisible(!text.isEmpty());
    if (text == m_label->text())
        return;
    m_label->setText(text);
    setAccessibleName(text);
}

void NoteBox::setKind(Kind kind) {
    if (kind == m_kind)
        return;
    m_kind = kind;
    showColors();
}

void NoteBox::setStale(bool isStale) {
    if (isStale == m_isStale)
        return;
    m_isStale = isStale;
    showColors();
}

void NoteBox::showIcon() {
    const Palette& colors = widgets::colors();
    m_icon->setVisible(m_kind != Kind::Plain);
    if (m_kind == Kind::Plain)
        return;
    const bool isError = m_kind == Kind::Error;
    const bool isWarning = m_kind == Kind::Warning;
    m_icon->setPixmap(iconPixmap(isError     ? QStringLiteral("error")
                                 : isWarning ? QStringLiteral("warning")
                                             : QStringLiteral("information"),
                                 isError     ? colors.error
                                 : isWarning ? colors.warning
                                             : colors.accent,
                                 16, devicePixelRatioF()));
}

void NoteBox::showColors() {
    showIcon();
    QPalette text = m_label->palette();
    text.setColor(QPalette::WindowText,
                  m_isStale ? widgets::colors().faint : widgets::colors().text);
    m_label->setPalette(text);
    update();
}

void NoteBox::paintEvent(QPaintEvent*) {
    const Palette& colors = widgets::colors();
    const bool isNote = m_kind == Kind::Plain || m_kind == Kind::Information;
    const QColor line = isNote                    ? colors.noteLine
                        : m_kind == Kind::Warning ? colors.warning
                                                  : colors.error;
    QColor fill = isNote ? colors.note : line;
    if (!isNote)
        fill.setAlphaF(colors.isDark ? 0.18f : 0.10f);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(line);
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
}

}  // namespace clipscope::widgets
