// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/start_page.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QScrollArea>

#include "widgets/files/dropped_files.h"
#include "widgets/start/action_button.h"
#include "widgets/start/drop_area.h"
#include "widgets/start/examples.h"
#include "widgets/start/recent_panel.h"
#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kTop = 56;
constexpr int kSide = 24;
constexpr int kGap = 60;  ///< between actions and files
constexpr int kActionsLeast = 300;
constexpr int kActionsMost = 400;
constexpr int kFilesMost = 842;
constexpr int kLogo = 44;

}  // namespace

StartPage::StartPage(RecentFiles& recent, QWidget* parent)
    : QWidget(parent), m_dropArea(new DropArea) {
    setObjectName(QStringLiteral("startPage"));
    setAcceptDrops(true);
    auto* content = new QWidget;
    auto* row = new QHBoxLayout(content);
    row->setContentsMargins(kSide, kTop, kSide, kSide);
    row->setSpacing(0);
    row->addStretch(1);
    row->addWidget(makeActions(), 400);
    row->addSpacing(kGap);
    row->addWidget(makeFiles(recent), 842);
    row->addStretch(1);

    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("startScroll"));
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
    applyColors();
    connect(&Theme::instance(), &Theme::changed, this, &StartPage::applyColors);
}

QWidget* StartPage::makeTitle() {
    auto* head = new QWidget;
    auto* logo = new QLabel(head);
    logo->setObjectName(QStringLiteral("logo"));
    logo->setAccessibleName(tr("Clipscope's icon"));
    logo->setPixmap(applicationIcon().pixmap(QSize(kLogo, kLogo), devicePixelRatioF()));
    auto* name = new QLabel(QStringLiteral("Clipscope"), head);
    QFont large = scaledFont(name->font(), 22.0 / 12);
    large.setBold(true);
    name->setFont(large);
    auto* text =
        new QLabel(tr("INT8 calibration: see, adjust and export quantization ranges"), head);
    text->setWordWrap(true);
    m_muted << text;
    auto* lines = new QVBoxLayout;
    lines->setSpacing(0);
    lines->addWidget(name);
    lines->addWidget(text);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 16);
    row->setSpacing(14);
    row->addWidget(logo);
    row->addLayout(lines, 1);
    return head;
}

QWidget* StartPage::makeActions() {
    auto* actions = new QWidget;
    actions->setMinimumWidth(kActionsLeast);
    actions->setMaximumWidth(kActionsMost);
    auto* column = new QVBoxLayout(actions);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(makeTitle());

    auto* model =
        new ActionButton(QStringLiteral("model"), tr("Open model…"),
                         tr("ONNX; then add samples and calibrate"), QKeySequence(tr("Ctrl+O")));
    model->setObjectName(QStringLiteral("openModelButton"));
    connect(model, &QPushButton::clicked, this, &StartPage::openModelRequested);
    auto* ranges = new ActionButton(QStringLiteral("file"), tr("Open session or cache…"),
                                    tr(".clipscope, TensorRT calibration cache"),
                                    QKeySequence(tr("Ctrl+Shift+O")));
    ranges->setObjectName(QStringLiteral("openRangesButton"));
    connect(ranges, &QPushButton::clicked, this, &StartPage::openRangesRequested);
    column->addWidget(model);
    column->addWidget(ranges);

    const QList<Example> all = examples();
    if (!all.isEmpty()) {
        auto* head = new QLabel(tr("Examples, ready to calibrate"));
        head->setObjectName(QStringLiteral("examplesHead"));
        m_muted << head;
        column->addSpacing(14);
        column->addWidget(head);
    }
    for (int i = 0; i < all.size(); ++i) {
        auto* button = new ActionButton(QStringLiteral("example"), all[i].title, all[i].text);
        button->setObjectName(QStringLiteral("exampleButton%1").arg(i + 1));
        connect(button, &QPushButton::clicked, this,
                [this, path = all[i].model] { emit exampleRequested(path); });
        column->addWidget(button);
    }
    column->addStretch();
    return actions;
}

QWidget* StartPage::makeFiles(RecentFiles& recent) {
    auto* files = new QWidget;
    files->setMaximumWidth(kFilesMost);
    auto* panel = new RecentPanel(recent);
    connect(panel, &RecentPanel::fileRequested, this, &StartPage::fileRequested);
    auto* column = new QVBoxLayout(files);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(22);
    column->addWidget(m_dropArea);
    column->addWidget(panel, 1);
    return files;
}

void StartPage::dragEnterEvent(QDragEnterEvent* event) {
    if (localFiles(*event->mimeData()).isEmpty())
        return;
    event->acceptProposedAction();
    m_dropArea->setHighlighted(true);
}

void StartPage::dragLeaveEvent(QDragLeaveEvent*) {
    m_dropArea->setHighlighted(false);
}

void StartPage::dropEvent(QDropEvent* event) {
    m_dropArea->setHighlighted(false);
    const QStringList paths = localFiles(*event->mimeData());
    if (paths.isEmpty())
        return;
    event->acceptProposedAction();
    emit filesDropped(paths);
}

void StartPage::applyColors() {
    for (QLabel* label : m_muted) {
        QPalette muted = label->palette();
        muted.setColor(QPalette::WindowText, widgets::colors().muted);
        label->setPalette(muted);
    }
}

}  // namespace clipscope::widgets
