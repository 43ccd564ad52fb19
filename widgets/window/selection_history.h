// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <vector>

#include "widgets/document/document.h"

namespace clipscope::widgets {

/// The tensors visited, to go back and forward among.
class SelectionHistory : public QObject {
    Q_OBJECT

public:
    explicit SelectionHistory(Document& document, QObject* parent = nullptr);

    bool canGoBack() const { return m_at > 0; }
    bool canGoForward() const { return m_at + 1 < m_visited.size(); }

public slots:
    void back();
    void forward();

signals:
    void changed();

private:
    void visit(int tensor);
    void go(size_t at);

    Document& m_document;
    std::vector<int> m_visited;
    size_t m_at = 0;
    bool m_isGoing = false;
};

}  // namespace clipscope::widgets
