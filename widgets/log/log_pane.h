// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStackedWidget>
#include <QTableView>

#include "widgets/log/log_model.h"

namespace clipscope::widgets {

/// The log as a table that follows its last line.
class LogPane : public QStackedWidget {
    Q_OBJECT

public:
    explicit LogPane(LogModel& model, QWidget* parent = nullptr);

private:
    void refresh();

    LogModel& m_model;
    QTableView* m_table;
    QWidget* m_empty;
};

}  // namespace clipscope::widgets
