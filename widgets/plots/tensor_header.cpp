// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/tensor_header.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kHeight = 36;
constexpr int kControl = 24;
constexpr int kPad = 8;
constexpr int kNameSize = 14;  ///< pixels, where the window's font has 12

}  // namespace

TensorHeader::TensorHeader(const PageActions& actions, QWidget* parent)
    : QWidget(parent), m_controls(new QWidget(this)) {
    setObjectName(QStringLiteral("tensorHeader"));
    setFixedHeight(kHeight);
    m_symmetric =
        makeSegment("symmetricButton", tr("Symmetric"), tr("One threshold, ±T, zero point 0 (A)"));
    m_affine = makeSegment("affineButton", tr("Affine"), actions.affine->toolTip());
    const auto follow = [this, action = actions.affine] {
        m_affine->setChecked(action->isChecked());
        m_symmetric->setChecked(!action->isChecked());
    };
    const auto choose = [follow, action = actions.affine](bool affine) {
        if (action->isChecked() != affine)
            action->trigger();
        follow();  // The click itself has toggled the button.
    };
    connect(m_symmetric, &QToolButton::clicked, this, [choose] { choose(false); });
    connect(m_affine, &QToolButton::clicked, this, [choose] { choose(true); });
    connect(actions.affine, &QAction::toggled, this, follow);
    follow();

    m_explain = new QToolButton(m_controls);
    m_explain->setObjectName(QStringLiteral("explainButton"));
    m_explain->setDefaultAction(actions.explain);
    m_explain->setFixedHeight(kControl);
    auto* fit = new QToolButton(m_controls);
    fit->setObjectName(QStringLiteral("fitButton"));
    fit->setDefaultAction(actions.fit);
    fit->setToolButtonStyle(actions.fit->icon().isNull() ? Qt::ToolButtonTextOnly
                                                         : Qt::ToolButtonIconOnly);
    fit->setAutoRaise(true);
    fit->setFixedSize(kControl, kControl);
    fit->setAccessibleName(tr("Fit"));

    auto* segments = new QHBoxLayout;
    segments->setSpacing(0);
    segments->addWidget(m_symmetric);
    segments->addWidget(m_affine);
    auto* controls = new QHBoxLayout(m_controls);
    controls->setContentsMargins(0, 0, 0, 0);
    controls->setSpacing(kPad);
    controls->addLayout(segments);
    controls->addWidget(makeBox("logCountsBox", tr("Log counts"), actions.log));
    controls->addWidget(makeBox("foldBox", tr("|x| folded"), actions.fold));
    controls->addWidget(m_explain);
    controls->addWidget(fit);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kPad, 0, kPad, 0);
    layout->addStretch(1);
    layout->addWidget(m_controls);
    connect(&Theme::instance(), &Theme::changed, this, &TensorHeader::restyle);
    restyle();
}

QToolButton* TensorHeader::makeSegment(const char* name, const QString& text, const QString& tip) {
    auto* button = new QToolButton(m_controls);
    button->setObjectName(QLatin1String(name));
    button->setText(text);
    button->setToolTip(tip);
    button->setCheckable(true);
    button->setFixedHeight(kControl);
    return button;
}

QCheckBox* TensorHeader::makeBox(const char* name, const QString& text, QAction* action) {
    auto* box = new QCheckBox(text, m_controls);
    box->setObjectName(QLatin1String(name));
    box->setToolTip(action->toolTip());
    box->setChecked(action->isChecked());
    connect(action, &QAction::toggled, box, &QCheckBox::setChecked);
    connect(box, &QCheckBox::clicked, action, [action](bool checked) {
        if (action->isChecked() != checked)
            action->trigger();
    });
    const auto enable = [box, action] { box->setEnabled(action->isEnabled()); };
    connect(action, &QAction::changed, box, enable);
    return box;
}

void TensorHeader::restyle() {
    const Palette& colors = widgets::colors();
    m_controls->setStyleSheet(
        QStringLiteral(
            "QToolButton { border: 1px solid %1; padding: 0 10px; background: %2; color: %3; }"
            "QToolButton:hover { background: %4; }"
            "QToolButton:checked { background: %5; border-color: %6; }"
            "QToolButton:focus { border-color: %6; }"
            "QToolButton:disabled { color: %7; }"
            "QToolButton#symmetricButton { border-top-left-radius: 3px;"
            " border-bottom-left-radius: 3px; }"
            "QToolButton#affineButton { border-top-right-radius: 3px;"
            " border-bottom-right-radius: 3px; }"
            "QToolButton#explainButton { border-radius: 3px; }"
            "QToolButton#fitButton { border-color: transparent; background: transparent;"
            " padding: 0; }"
            "QToolButton#fitButton:hover { background: %4; border-radius: 3px; }")
            .arg(colors.line.name(), (colors.isDark ? colors.softLine : colors.base).name(),
                 colors.text.name(), colors.alternate.name(), colors.selection.name(),
                 colors.accent.name(), colors.faint.name()));
    update();
}

void TensorHeader::setTensor(const QString& name, const QString& description) {
    m_name = name;
    m_description = description;
    setAccessibleName(name);
    setAccessibleDescription(description);
    update();
}

void TensorHeader::setControlsShown(bool shown) {
    m_controls->setVisible(shown);
    update();
}

void TensorHeader::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Palette& colors = widgets::colors();
    painter.setPen(colors.softLine);
    painter.drawLine(0, height() - 1, width(), height() - 1);
    const int end = m_controls->isVisible() ? m_controls->x() - kPad : width() - kPad;
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    bold.setPixelSize(QFontInfo(font()).pixelSize() * kNameSize / 12);
    const QFontMetrics metrics(bold);
    QRect row(kPad, 0, end - kPad, height() - 1);
    // The end of a name tells more than its middle does.
    const QString name = metrics.elidedText(m_name, Qt::ElideMiddle, row.width());
    painter.setFont(bold);
    painter.setPen(colors.text);
    painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter, name);
    row.setLeft(row.left() + metrics.horizontalAdvance(name) + kPad);
    painter.setFont(font());
    painter.setPen(colors.muted);
    if (row.width() > 3 * kPad)
        painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
                         fontMetrics().elidedText(m_description, Qt::ElideRight, row.width()));
}

bool TensorHeader::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip)
        setToolTip(m_name.isEmpty() ? QString() : m_name + QLatin1Char('\n') + m_description);
    return QWidget::event(event);
}

}  // namespace clipscope::widgets
