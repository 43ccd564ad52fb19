// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/palette.h"

namespace clipscope::widgets {
namespace {

QColor color(const char* name) {
    return QColor(QLatin1String(name));
}

QColor tint(QColor color, float alpha) {
    color.setAlphaF(alpha);
    return color;
}

/// The two palettes side by side, so that no colour is forgotten in one of them.
Palette make(bool isDark) {
    const auto pick = [isDark](const char* light, const char* dark) {
        return color(isDark ? dark : light);
    };
    Palette palette;
    palette.isDark = isDark;
    palette.threshold = pick("#0a4f9e", "#4fa3f7");
    palette.original = pick("#676e75", "#9aa1a8");
    palette.clipping = pick("#b54708", "#ff9447");
    palette.rounding = pick("#00735e", "#2fc4a2");
    palette.total = pick("#1f2328", "#f0f2f4");
    palette.divergence = pick("#9c4bb4", "#d79af0");
    palette.percentile = pick("#8a6000", "#ecc44e");
    palette.minmax = pick("#656b73", "#a3a9b0");
    palette.legacy = pick("#6b3d20", "#c08a58");
    palette.fill = pick("#9fb0c0", "#5d6f80");
    palette.outline = pick("#6d8296", "#8ca0b3");
    palette.good = pick("#27693f", "#5cc08a");
    palette.warning = pick("#945400", "#e0a63a");
    palette.error = pick("#b3261e", "#f2726a");
    palette.window = pick("#f0f0ef", "#2b2d30");
    palette.base = pick("#ffffff", "#1e2023");
    palette.alternate = pick("#f7f7f6", "#232528");
    palette.line = pick("#c6c6c3", "#45484c");
    palette.softLine = pick("#e3e3e1", "#33363a");
    palette.grid = pick("#ececea", "#2c2f33");
    palette.text = pick("#1f2328", "#e2e4e7");
    palette.muted = pick("#5c636a", "#a3a9b0");
    palette.faint = pick("#757b82", "#7a8087");
    palette.selection = pick("#cfe2f5", "#2b4a6b");
    palette.accent = pick("#2467a8", "#5aa0e6");
    palette.note = pick("#eef4fb", "#25313f");
    palette.noteLine = pick("#b9d0e8", "#3d5570");
    return palette;
}

}  // namespace

QColor Palette::ofMethod(const std::string& method) const {
    if (method.starts_with("entropy"))
        return divergence;
    if (method == "percentile")
        return percentile;
    if (method == "mse")
        return total;
    if (method == "legacy")
        return legacy;
    return minmax;
}

QColor Palette::zone() const {
    return tint(clipping, isDark ? 0.14f : 0.10f);
}

QColor Palette::warningTint() const {
    return tint(warning, isDark ? 0.18f : 0.12f);
}

const Palette& lightPalette() {
    static const Palette kLight = make(false);
    return kLight;
}

const Palette& darkPalette() {
    static const Palette kDark = make(true);
    return kDark;
}

}  // namespace clipscope::widgets
