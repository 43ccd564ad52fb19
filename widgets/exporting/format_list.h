// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>
#include <QWidget>

#include "widgets/exporting/format_model.h"

namespace clipscope::widgets {

/// The formats to choose from, with a field to find one.
class FormatList : public QWidget {
    Q_OBJECT

public:
    explicit FormatList(QWidget* parent = nullptr);

    void setCurrent(const std::string& id);
    FormatModel& model() { return *m_model; }

signals:
    void chosen(const QString& id);

private:
    FormatModel* m_model;
    QListView* m_list;
    std::string m_current;
};

}  // namespace clipscope::widgets
