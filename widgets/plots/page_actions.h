// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QList>

namespace clipscope::widgets {

/// The commands of the tensor's page, owned by it. Their shortcuts work while the page or a child
/// has the focus, so that a letter typed elsewhere stays a letter.
struct PageActions {
    QAction* affine;  ///< checkable, as are log, fold and explain
    QAction* log;
    QAction* fold;
    QAction* explain;
    QAction* fit;
    QAction* zoomIn;
    QAction* zoomOut;
    QAction* copy;

    QList<QAction*> all() const { return {affine, log, fold, explain, fit, zoomIn, zoomOut, copy}; }
};
PageActions makePageActions(QWidget* page);

}  // namespace clipscope::widgets
