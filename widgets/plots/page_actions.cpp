// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/page_actions.h"

#include <QCoreApplication>
#include <QWidget>

#include "widgets/style/icons.h"

namespace clipscope::widgets {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("clipscope::widgets::TensorPage", text);
}

QAction* make(QWidget* page, const char* name, const QString& text, const QString& tip,
              const QList<QKeySequence>& shortcuts, bool isCheckable = false) {
    auto* action = new QAction(text, page);
    action->setObjectName(QLatin1String(name));
    action->setShortcuts(shortcuts);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(
        QStringLiteral("%1 (%2)").arg(tip, shortcuts[0].toString(QKeySequence::NativeText)));
    action->setStatusTip(tip);
    action->setCheckable(isCheckable);
    page->addAction(action);
    return action;
}

}  // namespace

PageActions makePageActions(QWidget* page) {
    PageActions actions{};
    actions.affine =
        make(page, "affineAction", tr("&Affine range"),
             tr("An affine range lo … hi with a zero point, instead of ±T"), {Qt::Key_A}, true);
    actions.log = make(page, "logCountsAction", tr("&Log counts"),
                       tr("Counts on a logarithmic axis"), {Qt::Key_L}, true);
    actions.log->setChecked(true);
    actions.fold = make(page, "foldAction", tr("|x| &folded"),
                        tr("The histogram of |x|: both signs over one side; symmetric ranges only"),
                        {Qt::Key_F}, true);
    actions.explain =
        make(page, "explainAction", tr("&Explain KL"),
             tr("How the KL divergence of the threshold under the cursor comes about"), {Qt::Key_E},
             true);
    actions.fit = make(page, "fitAction", tr("Fi&t"),
                       tr("Fit the view to the threshold; once more: to all values"), {Qt::Key_0});
    actions.fit->setIcon(icon(QStringLiteral("fit")));
    actions.zoomIn = make(page, "zoomInAction", tr("Zoom &in"), tr("Show less of the axis"),
                          {Qt::Key_Plus, Qt::Key_Equal});
    actions.zoomOut =
        make(page, "zoomOutAction", tr("Zoom &out"), tr("Show more of the axis"), {Qt::Key_Minus});
    actions.copy = make(page, "copyPictureAction", tr("&Copy picture"),
                        tr("Copy the plots as a picture"), {Qt::Key_C});
    return actions;
}

}  // namespace clipscope::widgets
