// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "widgets/plots/plot_scene.h"

namespace clipscope::widgets {

std::vector<LaneTick> laneTicks(const PlotScene& scene) {
    std::vector<LaneTick> ticks;
    if (!scene.curves)
        return ticks;
    for (const session::MethodTick& from : scene.curves->ticks) {
        const bool isRange = scene.shown.isAffine && from.hasRange && from.lo < from.hi;
        LaneTick tick;
        tick.method = from.method;
        tick.label = QString::fromStdString(from.label);
        tick.setting = isRange ? session::affineSetting(from.lo, from.hi, from.method)
                               : session::symmetricSetting(from.threshold, from.method);
        if (scene.shown.isAffine && !isRange)
            tick.label += QStringLiteral(" (±T)");
        tick.drawsLow = isRange && tick.setting.lo < 0;
        tick.lo = session::rangeEnd(tick.setting, session::RangeEnd::Low);
        tick.hi = session::rangeEnd(tick.setting, session::RangeEnd::High);
        ticks.push_back(std::move(tick));
    }
    return ticks;
}

}  // namespace clipscope::widgets
