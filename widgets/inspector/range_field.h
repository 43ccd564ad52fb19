// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

namespace clipscope::widgets {

/// A field for a number that follows the document: it shows a few digits, all of them while it is
/// edited. Enter (or leaving it) asks for the text to be applied, Esc brings the value back, Up,
/// Down and the wheel (while focused) ask for steps, Shift for ten.
class RangeField : public QLineEdit {
    Q_OBJECT

public:
    explicit RangeField(QWidget* parent = nullptr);

    /// What is shown, and what is edited: every digit that float32 needs. Text being typed stays.
    void setValue(const QString& shown, const QString& exact);
    /// Takes the value whatever was being typed.
    void revert();
    void setProblem(bool hasProblem);
    bool hasProblem() const { return m_hasProblem; }

signals:
    void applied(const QString& text);
    void stepped(int steps);  ///< +1: one up
    void reverted();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_shown;
    QString m_exact;
    int m_wheel = 0;  ///< eighths of a degree not yet used
    bool m_hasProblem = false;
};

}  // namespace clipscope::widgets
