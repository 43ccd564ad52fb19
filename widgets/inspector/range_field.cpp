// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/range_field.h"

#include <QKeyEvent>
#include <QPainter>
#include <QWheelEvent>

#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kHeight = 24;
constexpr int kManySteps = 10;
constexpr int kNotch = 120;  ///< of a wheel, in eighths of a degree

int stepsOf(Qt::KeyboardModifiers modifiers) {
    return modifiers.testFlag(Qt::ShiftModifier) ? kManySteps : 1;
}

}  // namespace

RangeField::RangeField(QWidget* parent) : QLineEdit(parent) {
    setFixedHeight(std::max(kHeight, fontMetrics().height() + 8));
}

void RangeField::setValue(const QString& shown, const QString& exact) {
    m_shown = shown;
    m_exact = exact;
    if (!(hasFocus() && isModified()))
        revert();
}

void RangeField::revert() {
    setProblem(false);
    const QString& text = hasFocus() ? m_exact : m_shown;
    if (text != this->text()) {
        setText(text);
        setCursorPosition(0);
    }
    setModified(false);
}

void RangeField::setProblem(bool hasProblem) {
    if (hasProblem == m_hasProblem)
        return;
    m_hasProblem = hasProblem;
    update();
}

bool RangeField::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        // Undo belongs to the document while nothing is being typed, Esc to the field while it is.
        if (!isModified() && (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)))
            return false;
        if (isModified() && key->key() == Qt::Key_Escape) {
            key->accept();
            return true;
        }
    }
    return QLineEdit::event(event);
}

void RangeField::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            emit applied(text());
            return;
        case Qt::Key_Escape:
            if (isModified() || m_hasProblem) {
                revert();
                selectAll();
                emit reverted();
                return;
            }
            break;
        case Qt::Key_Up:
            emit stepped(stepsOf(event->modifiers()));
            return;
        case Qt::Key_Down:
            emit stepped(-stepsOf(event->modifiers()));
            return;
        default:
            break;
    }
    QLineEdit::keyPressEvent(event);
}

void RangeField::wheelEvent(QWheelEvent* event) {
    if (!hasFocus()) {
        event->ignore();  // the pane scrolls
        return;
    }
    m_wheel += event->angleDelta().y();
    const int notches = m_wheel / kNotch;
    m_wheel -= notches * kNotch;
    if (notches != 0)
        emit stepped(notches * stepsOf(event->modifiers()));
    event->accept();
}

void RangeField::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    if (!isModified() && text() != m_exact) {
        setText(m_exact);
        setModified(false);
    }
    if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason)
        selectAll();
}

void RangeField::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    if (event->reason() == Qt::PopupFocusReason || event->reason() == Qt::ActiveWindowFocusReason)
        return;
    if (isModified() && !m_hasProblem)
        emit applied(text());
    const bool hadProblem = m_hasProblem;
    revert();
    if (hadProblem)
        emit reverted();
}

void RangeField::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    if (!m_hasProblem && !hasFocus())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_hasProblem ? widgets::colors().error : widgets::colors().accent, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 2, 2);
}

}  // namespace clipscope::widgets
