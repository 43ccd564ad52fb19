// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/selection_history.h"

namespace clipscope::widgets {

SelectionHistory::SelectionHistory(Document& document, QObject* parent)
    : QObject(parent), m_document(document) {
    connect(&document, &Document::selectionChanged, this, &SelectionHistory::visit);
    connect(&document, &Document::sessionChanged, this, [this] {
        m_visited.clear();
        m_at = 0;
        emit changed();
    });
}

void SelectionHistory::visit(int tensor) {
    if (m_isGoing || tensor < 0 || (!m_visited.empty() && m_visited[m_at] == tensor))
        return;
    if (!m_visited.empty())
        m_visited.resize(m_at + 1);
    m_visited.push_back(tensor);
    m_at = m_visited.size() - 1;
    emit changed();
}

void SelectionHistory::go(size_t at) {
    m_at = at;
    m_isGoing = true;
    m_document.select(m_visited[at]);
    m_isGoing = false;
    emit changed();
}

void SelectionHistory::back() {
    if (canGoBack())
        go(m_at - 1);
}

void SelectionHistory::forward() {
    if (canGoForward())
        go(m_at + 1);
}

}  // namespace clipscope::widgets
