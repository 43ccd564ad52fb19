// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QList>
#include <QString>

class QAction;
class QBoxLayout;
class QLabel;
class QToolButton;

namespace clipscope::widgets {

enum class Severity { Information, Ok, Warning, Error };

/// A message in the layout, where it belongs, instead of a dialog: icon, text that can be selected
/// and copied, buttons for what can be done, and one that closes it (Esc too). Hidden while it has
/// nothing to say.
class MessageBar : public QFrame {
    Q_OBJECT

public:
    explicit MessageBar(QWidget* parent = nullptr);

    /// Replaces what was shown. `text` is plain text. The actions stay their owner's; triggering
    /// one does not close the bar.
    void showMessage(Severity severity, const QString& text, const QList<QAction*>& actions = {});
    void clear();

    Severity severity() const { return m_severity; }
    QString text() const;  ///< empty while hidden

signals:
    void closed();  ///< by the user

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void addButton(QAction* action);
    void removeButtons();
    void dismiss();
    void updateIcon();

    Severity m_severity = Severity::Information;
    QLabel* m_icon;
    QLabel* m_text;
    QBoxLayout* m_buttons;
    QToolButton* m_close;
};

}  // namespace clipscope::widgets
