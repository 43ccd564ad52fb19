// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/message_bar.h"

#include <QAccessible>
#include <QAction>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kIconSize = 16;
constexpr int kLineHeight = 24;  ///< of a button; all stand on one line with the first of the text
constexpr double kRadius = 3;

QColor colorOf(Severity severity) {
    switch (severity) {
        case Severity::Information:
            return widgets::colors().accent;
        case Severity::Ok:
            return widgets::colors().good;
        case Severity::Warning:
            return widgets::colors().warning;
        case Severity::Error:
            return widgets::colors().error;
    }
    return widgets::colors().text;
}

QString iconName(Severity severity) {
    switch (severity) {
        case Severity::Information:
            return QStringLiteral("information");
        case Severity::Ok:
            return QStringLiteral("ok");
        case Severity::Warning:
            return QStringLiteral("warning");
        case Severity::Error:
            return QStringLiteral("error");
    }
    return {};
}

QString word(Severity severity) {
    switch (severity) {
        case Severity::Information:
            return MessageBar::tr("Information");
        case Severity::Ok:
            return MessageBar::tr("Done");
        case Severity::Warning:
            return MessageBar::tr("Warning");
        case Severity::Error:
            return MessageBar::tr("Error");
    }
    return {};
}

}  // namespace

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent),
      m_icon(new QLabel(this)),
      m_text(new QLabel(this)),
      m_buttons(new QHBoxLayout),
      m_close(new QToolButton(this)) {
    setObjectName(QStringLiteral("messageBar"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    m_icon->setObjectName(QStringLiteral("messageIcon"));
    m_text->setObjectName(QStringLiteral("messageText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setMinimumHeight(kLineHeight);
    m_icon->setFixedHeight(kLineHeight);
    m_close->setFixedSize(kLineHeight, kLineHeight);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_close->setObjectName(QStringLiteral("closeMessageButton"));
    m_close->setIcon(icon(QStringLiteral("close")));
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Close this message (Esc)"));
    m_close->setAccessibleName(tr("Close this message"));
    connect(m_close, &QToolButton::clicked, this, &MessageBar::dismiss);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 8, 8, 8);
    row->setSpacing(8);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addWidget(m_text, 1, Qt::AlignTop);
    m_buttons->setSpacing(8);
    row->addLayout(m_buttons);
    row->setAlignment(m_buttons, Qt::AlignTop);
    row->addWidget(m_close, 0, Qt::AlignTop);
    connect(&Theme::instance(), &Theme::changed, this, &MessageBar::updateIcon);
    hide();
}

void MessageBar::showMessage(Severity severity, const QString& text,
                             const QList<QAction*>& actions) {
    removeButtons();
    m_severity = severity;
    m_text->setText(text);
    for (QAction* action : actions)
        addButton(action);
    updateIcon();
    setAccessibleName(tr("%1: %2").arg(word(severity), text));
    show();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void MessageBar::clear() {
    hide();
    removeButtons();
    m_text->clear();
    setAccessibleName({});
}

QString MessageBar::text() const {
    return m_text->text();
}

void MessageBar::addButton(QAction* action) {
    auto* button = new QPushButton(this);
    const auto follow = [button, action] {
        button->setText(action->text());
        button->setToolTip(action->toolTip());
        button->setEnabled(action->isEnabled());
        button->setVisible(action->isVisible());
    };
    button->setFixedHeight(kLineHeight);
    button->setObjectName(action->objectName() + QStringLiteral("Button"));
    m_buttons->addWidget(button);
    follow();
    connect(action, &QAction::changed, button, follow);
    connect(action, &QObject::destroyed, button, &QObject::deleteLater);
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
}

void MessageBar::removeButtons() {
    // Later: one of them may be what was clicked.
    while (QLayoutItem* item = m_buttons->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
}

void MessageBar::dismiss() {
    clear();
    emit closed();
}

void MessageBar::updateIcon() {
    m_icon->setPixmap(
        iconPixmap(iconName(m_severity), colorOf(m_severity), kIconSize, devicePixelRatioF()));
    m_icon->setToolTip(word(m_severity));
    update();
}

void MessageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colorOf(m_severity));
    painter.setBrush(widgets::colors().base);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
}

void MessageBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        dismiss();
    else
        QFrame::keyPressEvent(event);
}

}  // namespace clipscope::widgets
