// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QLabel>

namespace clipscope::widgets {

/// A sentence in a box of its own: a note, a warning, an error with what to do about it. Hidden
/// while it has nothing to say.
class NoteBox : public QFrame {
    Q_OBJECT

public:
    enum class Kind { Plain, Information, Warning, Error };

    explicit NoteBox(Kind kind, QWidget* parent = nullptr);

    QString text() const { return m_label->text(); }
    void setText(const QString& text);  ///< plain text; rich where it begins with "<"
    Kind kind() const { return m_kind; }
    void setKind(Kind kind);
    void setStale(bool isStale);

signals:
    void linkActivated(const QString& link);

protected:
    void paintEvent(QPaintEvent*) override;

private:
    void showIcon();
    void showColors();

    Kind m_kind;
    bool m_isStale = false;
    QLabel* m_icon;
    QLabel* m_label;
};

}  // namespace clipscope::widgets
