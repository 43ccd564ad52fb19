// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/methods_list.h"

#include <QGridLayout>
#include <algorithm>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

using Role = FigureLabel::Role;
using session::MethodChoice;

constexpr double kSameSqnr = 0.005;
constexpr int kButtonHeight = 20;

/// What a reason of a method means.
QString explained(const std::string& reason) {
    if (reason == "entropy-degenerate")
        return MethodsList::tr(
            "No candidate of finite divergence keeps half of the values, so T is "
            "amax (entropy-degenerate).");
    if (reason == "percentile-degenerate")
        return MethodsList::tr("The percentile is 0, so T is amax (percentile-degenerate).");
    if (reason == "scale-underflow")
        return MethodsList::tr("A smaller T has no normal float32 scale (scale-underflow).");
    return QString::fromStdString(reason);
}

QString tooltipOf(const MethodChoice& choice) {
    const auto& method = threshold::findMethod(choice.method);
    QStringList lines{QStringLiteral("%1: %2").arg(
        QString::fromStdString(choice.method),
        QString::fromUtf8(method.summary.data(), static_cast<qsizetype>(method.summary.size())))};
    for (const auto& [name, value] : choice.parameters)
        lines << QStringLiteral("%1 = %2").arg(QString::fromStdString(name),
                                               QString::fromStdString(value));
    lines << MethodsList::tr("clips %1 % of the values")
                 .arg(clipPercentText(choice.error.clipPercent));
    if (choice.setting.unstable)
        lines << MethodsList::tr(
            "Unstable: the divergence jumps near its minimum. Two-pass "
            "calibration settles it.");
    if (!choice.setting.reason.empty())
        lines << explained(choice.setting.reason);
    return lines.join(QLatin1Char('\n'));
}

}  // namespace

MethodsList::MethodsList(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(4);
    m_grid->setVerticalSpacing(2);
    m_grid->setColumnStretch(1, 1);
}

MethodsList::Row& MethodsList::rowAt(size_t index) {
    while (m_rows.size() <= index) {
        const int at = static_cast<int>(m_rows.size());
        Row row;
        row.mark = new MethodMark(this);
        row.name = new FigureLabel({}, Role::Plain, Qt::AlignLeft, this);
        row.range = new FigureLabel({}, Role::Plain, Qt::AlignRight, this);
        row.sqnr = new FigureLabel({}, Role::Plain, Qt::AlignRight, this);
        row.sqnr->setWidest(QStringLiteral("123.45"));
        row.apply = new QPushButton(tr("Apply"), this);
        row.apply->setFixedHeight(std::max(kButtonHeight, fontMetrics().height() + 4));
        row.apply->setFixedWidth(fontMetrics().horizontalAdvance(row.apply->text()) + 12);
        connect(row.apply, &QPushButton::clicked, this, [this, index = m_rows.size()] {
            emit applied(m_rows[index].setting, m_rows[index].label);
        });
        m_grid->addWidget(row.mark, at, 0);
        m_grid->addWidget(row.name, at, 1);
        m_grid->addWidget(row.range, at, 2);
        m_grid->addWidget(row.sqnr, at, 3);
        m_grid->addWidget(row.apply, at, 4);
        m_rows.push_back(row);
    }
    return m_rows[index];
}

void MethodsList::showRow(size_t index, const MethodChoice& choice, bool besideAffine) {
    Row& row = rowAt(index);
    const bool isAffine = choice.setting.isAffine;
    const bool isPlain = !isAffine && besideAffine;
    const QString id = QString::fromStdString(choice.method);
    row.setting = choice.setting;
    row.label = QString::fromStdString(choice.label);
    row.mark->setMethod(choice.method);
    QString shown = row.label;
    row.name->setText(
        besideAffine ? shown.replace(QStringLiteral("percentile "), QStringLiteral("p")) : shown);
    row.name->setWarns(choice.setting.unstable || !choice.setting.reason.empty());
    row.range->setText(isAffine ? rangeText(choice.setting.lo, choice.setting.hi)
                                : (isPlain ? QStringLiteral("±") : QString()) +
                                      significantText(choice.setting.hi));
    row.range->setWidest(besideAffine ? QStringLiteral("−0.123 … 12.3")
                                      : QStringLiteral("12345.6"));
    row.sqnr->setText(decibelText(choice.error.sqnrDb(), 2));
    const QString tip = tooltipOf(choice);
    for (QWidget* widget : {static_cast<QWidget*>(row.mark), static_cast<QWidget*>(row.name),
                            static_cast<QWidget*>(row.range), static_cast<QWidget*>(row.sqnr)})
        widget->setToolTip(tip);
    const QString suffix = isPlain ? QStringLiteral("-symmetric") : QString();
    row.name->setObjectName(QStringLiteral("method-") + id + suffix);
    row.range->setObjectName(QStringLiteral("range-") + id + suffix);
    row.sqnr->setObjectName(QStringLiteral("sqnr-") + id + suffix);
    row.apply->setObjectName(QStringLiteral("apply-") + id + suffix);
    row.apply->setAccessibleName(tr("Apply %1").arg(row.label));
}

void MethodsList::showChoices(const session::TensorSummary& summary,
                              const session::Setting& shown) {
    m_isAffine = shown.isAffine;
    std::vector<const MethodChoice*> choices;
    if (m_isAffine)
        for (const MethodChoice& choice : summary.affine)
            choices.push_back(&choice);
    for (const MethodChoice& choice : summary.symmetric)
        choices.push_back(&choice);
    double best = -1e300;
    for (size_t i = 0; i < choices.size(); ++i) {
        showRow(i, *choices[i], m_isAffine);
        best = std::max(best, choices[i]->error.sqnrDb());
    }
    m_count = choices.size();
    for (size_t i = 0; i < m_rows.size(); ++i) {
        const Row& row = m_rows[i];
        const bool isShown = i < m_count;
        for (QWidget* widget : {static_cast<QWidget*>(row.mark), static_cast<QWidget*>(row.name),
                                static_cast<QWidget*>(row.range), static_cast<QWidget*>(row.sqnr),
                                static_cast<QWidget*>(row.apply)})
            widget->setVisible(isShown);
        if (isShown)
            row.sqnr->setStrong(choices[i]->error.sqnrDb() >= best - kSameSqnr);
        else
            row.apply->setObjectName(QString());
    }
    showSetting(shown);
}

void MethodsList::showSetting(const session::Setting& shown) {
    for (size_t i = 0; i < m_count; ++i) {
        const Row& row = m_rows[i];
        const bool isInUse = !shown.keepFloat && row.setting.isAffine == shown.isAffine &&
                             row.setting.scale == shown.scale &&
                             row.setting.zeroPoint == shown.zeroPoint;
        row.apply->setEnabled(!isInUse && !row.name->isStale());
        row.apply->setToolTip(
            isInUse ? tr("In use")
                    : tr("Give the tensor what %1 chooses (can be undone)").arg(row.label));
        row.name->setRole(isInUse ? Role::Threshold : Role::Plain);
        row.range->setRole(isInUse ? Role::Threshold : Role::Plain);
    }
}

void MethodsList::setStale(bool isStale) {
    for (const Row& row : m_rows) {
        row.name->setStale(isStale);
        row.range->setStale(isStale);
        row.sqnr->setStale(isStale);
        if (isStale)
            row.apply->setEnabled(false);
    }
}

}  // namespace clipscope::widgets
