// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>

namespace clipscope::widgets {

/// A large button: icon, what it does in bold, a line of explanation, the keys at the right. It
/// only shows the keys; the window's action owns them.
class ActionButton : public QPushButton {
    Q_OBJECT

public:
    ActionButton(const QString& iconName, const QString& title, const QString& text,
                 const QKeySequence& keys = {}, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void drawFace(QPainter& painter) const;

    QString m_iconName;
    QString m_title;
    QString m_text;
    QString m_keys;
};

/// `font` at `factor` times its size.
QFont scaledFont(QFont font, double factor);

}  // namespace clipscope::widgets
