// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_captions.h"

#include <QCoreApplication>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("clipscope::widgets::PlotStack", text);
}

QString decibels(double value) {
    return decibelText(value, 2);
}

QString leastErrorText(const PlotScene& scene) {
    const session::ErrorPlot* errors = scene.errors();
    if (!errors)
        return scene.failure.isEmpty() ? tr("computing…") : scene.failure;
    if (scene.shown.isAffine) {
        if (!scene.curves || scene.curves->symmetric.leastHigh < 0)
            return {};
        const session::ErrorPlot& symmetric = scene.curves->symmetric;
        return tr("best ±T %1")
            .arg(decibels(symmetric.total[static_cast<size_t>(symmetric.leastHigh)]));
    }
    if (errors->leastHigh < 0)
        return tr("no error at any T");
    const auto least = static_cast<size_t>(errors->leastHigh);
    return tr("least %1 at %2")
        .arg(decibels(errors->total[least]), significantText(errors->threshold[least]));
}

QString listed(const QStringList& parts) {
    QStringList some = parts;
    some.removeAll(QString());
    return some.join(QStringLiteral(", "));
}

double endOf(const session::Setting& setting, session::RangeEnd end) {
    return setting.isAffine ? session::rangeEnd(setting, end)
                            : static_cast<double>(setting.threshold());
}

}  // namespace

Caption divergenceCaption(const PlotScene& scene) {
    Caption caption;
    const auto add = [&](const QString& text) {
        caption.series.push_back({text, Caption::Series::Divergence});
    };
    if (!scene.curves) {
        add(tr("KL divergence"));
        caption.right = scene.failure.isEmpty() ? tr("computing…") : scene.failure;
        return caption;
    }
    const session::PlotCurve& curve = scene.curves->divergence;
    if (curve.threshold.empty()) {
        add(tr("KL divergence"));
        caption.right = tr("none: too few distinct values");
        return caption;
    }
    QString least = tr("no candidate is eligible");
    if (curve.least >= 0) {
        const auto at = static_cast<size_t>(curve.least);
        least = scene.shown.isAffine ? tr("least %1 at ±%2") : tr("least %1 at %2");
        least = least.arg(divergenceText(curve.value[at]), significantText(curve.threshold[at]));
    }
    if (scene.shown.isAffine) {
        add(tr("KL of |x|, for ±T only"));
        caption.right = least;
        return caption;
    }
    add(tr("KL %1 nats at T").arg(divergenceText(scene.figures.divergence)));
    QString original;
    if (!scene.original.isAffine)
        original = tr("original %1").arg(divergenceText(scene.originalFigures.divergence));
    caption.right = listed({original, least});
    return caption;
}

Caption errorCaption(const PlotScene& scene) {
    Caption caption;
    const session::SettingFigures& figures = scene.figures;
    caption.series = {{tr("clipping %1").arg(decibels(figures.clipDb)), Caption::Series::Clipping},
                      {tr("rounding %1").arg(decibels(figures.roundDb)), Caption::Series::Rounding},
                      {tr("total %1 dB").arg(decibels(figures.totalDb)), Caption::Series::Total}};
    caption.right = listed(
        {tr("original %1").arg(decibels(scene.originalFigures.totalDb)), leastErrorText(scene)});
    return caption;
}

QString keyLabel(const PlotScene& scene) {
    if (scene.shown.isAffine)
        return tr("Value (unitless); left of 0: error as lo moves, right of 0: error as hi moves");
    return scene.folded ? tr("|Value| (unitless), also the threshold T")
                        : tr("Value (unitless); right of 0 also the threshold T");
}

QString settingText(const session::Setting& setting) {
    if (!setting.isAffine)
        return tr("T %1").arg(significantText(static_cast<double>(setting.threshold())));
    return tr("lo %1, hi %2").arg(significantText(setting.lo), significantText(setting.hi));
}

QString changeText(const session::Setting& before, const session::Setting& after) {
    using session::RangeEnd;
    if (before.isAffine != after.isAffine)
        return settingText(before) + QStringLiteral(" → ") + settingText(after);
    const auto change = [&](const QString& name, RangeEnd end) {
        return QStringLiteral("%1 %2 → %3")
            .arg(name, significantText(endOf(before, end)), significantText(endOf(after, end)));
    };
    if (!after.isAffine)
        return change(tr("T"), RangeEnd::High);
    QStringList parts;
    if (before.lo != after.lo)
        parts << change(tr("lo"), RangeEnd::Low);
    if (before.hi != after.hi)
        parts << change(tr("hi"), RangeEnd::High);
    return parts.join(QStringLiteral(", "));
}

QString divergenceHelp() {
    return tr(
        "KL divergence: how much the quantized distribution Q differs from the original P, "
        "sum P ln(P/Q) in nats, for every threshold T. The ring marks the threshold that the "
        "entropy method chooses, the square the current one. \"Explain KL\" shows P and Q.");
}

QString errorHelp() {
    return tr(
        "Mean squared error over mean square of the values, in dB: minus the SQNR, so lower "
        "is better. Clipping error comes from values beyond T and falls as T grows; rounding "
        "error comes from the step and grows with T; total is their sum. The ring marks the "
        "least total, the squares the current threshold.");
}

}  // namespace clipscope::widgets
