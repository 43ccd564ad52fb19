// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListWidget>
#include <QPushButton>
#include <QStringList>
#include <QWidget>
#include <functional>

namespace clipscope::widgets {

/// The files and folders that samples come from.
class SampleList : public QWidget {
    Q_OBJECT

public:
    /// Asks the user for files or for a folder; tests put their own in.
    using Chooser = std::function<QStringList(bool folder)>;

    explicit SampleList(QWidget* parent = nullptr);

    QStringList paths() const;
    void setPaths(const QStringList& paths);
    void add(const QStringList& paths);
    void setChooser(Chooser chooser) { m_chooser = std::move(chooser); }

signals:
    void changed();

private:
    QPushButton* button(const char* name, const QString& text, const QString& tip);
    void removeSelected();

    QListWidget* m_list;
    QPushButton* m_remove;
    Chooser m_chooser;
};

}  // namespace clipscope::widgets
