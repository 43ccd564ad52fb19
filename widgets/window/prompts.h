// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

class QWidget;

namespace clipscope::widgets {

/// The questions that the window asks in dialogs; tests answer them in their own way. An empty
/// answer means that the user thought better of it.
class Prompts {
public:
    enum class Unsaved { Save, Discard, Cancel };

    virtual ~Prompts() = default;
    virtual QString modelToOpen() = 0;
    virtual QString rangesToOpen() = 0;
    virtual QStringList samplesToOpen(bool folder) = 0;
    virtual QString sessionToSave(const QString& suggested) = 0;
    virtual QString pictureToSave(const QString& suggested) = 0;
    /// `what` is a sentence such as "lenet.clipscope has 2 edits that are not saved."
    virtual Unsaved unsaved(const QString& what) = 0;
};

/// With the dialogs of the desktop.
class DialogPrompts : public Prompts {
public:
    explicit DialogPrompts(QWidget* window) : m_window(window) {}
    QString modelToOpen() override;
    QString rangesToOpen() override;
    QStringList samplesToOpen(bool folder) override;
    QString sessionToSave(const QString& suggested) override;
    QString pictureToSave(const QString& suggested) override;
    Unsaved unsaved(const QString& what) override;

private:
    QWidget* m_window;
};

}  // namespace clipscope::widgets
