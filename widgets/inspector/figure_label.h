// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

namespace clipscope::widgets {

/// One line of text in a table of figures. Unlike a QLabel it does not ask for a new layout when
/// its text changes, so that figures may follow a drag; what does not fit is elided, and the whole
/// of it is the tooltip.
class FigureLabel : public QWidget {
    Q_OBJECT
    Q_PROPERTY(QString text READ text WRITE setText)

public:
    enum class Role { Plain, Muted, Strong, Threshold, Warning };

    explicit FigureLabel(const QString& text = {}, Role role = Role::Plain,
                         Qt::Alignment alignment = Qt::AlignLeft, QWidget* parent = nullptr);

    QString text() const { return m_text; }
    void setText(const QString& text);
    Role role() const { return m_role; }
    void setRole(Role role);
    void setStrong(bool isStrong) { setRole(isStrong ? Role::Strong : Role::Plain); }
    /// Shown pale until the value of now is there.
    void setStale(bool isStale);
    bool isStale() const { return m_isStale; }
    /// The width asked for is that of this text; else of the first text.
    void setWidest(const QString& text);
    void setElide(Qt::TextElideMode mode) { m_elide = mode; }
    /// An icon of the set before the text, in its colour; none for "".
    void setIcon(const QString& name);
    /// A warning after the text: the tooltip tells of what.
    void setWarns(bool warns);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    bool event(QEvent* event) override;

private:
    QFont textFont() const;
    QRect textRect() const;

    QString m_text;
    QString m_widest;
    QString m_icon;
    bool m_warns = false;
    Role m_role;
    Qt::Alignment m_alignment;
    Qt::TextElideMode m_elide = Qt::ElideRight;
    bool m_isStale = false;
};

/// The triangle in a method's colour, as its tick in the plots has it.
class MethodMark : public QWidget {
    Q_OBJECT

public:
    explicit MethodMark(QWidget* parent = nullptr);
    void setMethod(const std::string& method);
    QSize sizeHint() const override { return {10, 16}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    std::string m_method;
};

}  // namespace clipscope::widgets
