// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/lane_layout.h"

#include <algorithm>
#include <cmath>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

constexpr double kSame = 5;  ///< pixels within which ticks share a label
constexpr double kGap = 4;   ///< between a tick and its label

/// "entropy, -gtc, -trt" for members of one family.
QString joined(const QString& before, const QString& label) {
    if (before.isEmpty())
        return label;
    const QString family = QStringLiteral("entropy");
    if (before.startsWith(family) && label.startsWith(family + QLatin1Char('-')))
        return before + QStringLiteral(", ") + label.mid(family.size());
    return before + QStringLiteral(", ") + label;
}

class Layout {
public:
    Layout(const QRectF& lane, const QFontMetrics& metrics) : m_lane(lane), m_metrics(metrics) {}

    void addOutside(std::vector<LaneMark>& marks, const std::vector<LaneTick>& ticks, int side) {
        QString text;
        for (LaneMark& mark : marks)
            if (mark.outside == side) {
                const LaneTick& tick = ticks[mark.ticks.front()];
                const double at = side < 0 ? tick.lo : tick.hi;
                text = joined(text, mark.label + QLatin1Char(' ') + significantText(at));
                mark.label.clear();
            }
        if (text.isEmpty())
            return;
        const auto first = std::ranges::find(marks, side, &LaneMark::outside);
        first->label = side < 0 ? QStringLiteral("◂ ") + text : text + QStringLiteral(" ▸");
        first->row = kLaneRows - 1;
        const double width = m_metrics.horizontalAdvance(first->label);
        const double left = side < 0 ? m_lane.left() : m_lane.right() - width;
        first->labelRect = rowRect(first->row, left, width);
        m_placed.push_back(*first);
    }

    /// To the right of its tick where it can, else to the left; lowest row first.
    void place(LaneMark& mark) {
        const double width = m_metrics.horizontalAdvance(mark.label);
        for (const double left : {mark.x + kGap, mark.x - kGap - width})
            for (mark.row = 0; mark.row < kLaneRows; ++mark.row) {
                mark.labelRect = rowRect(mark.row, left, width);
                if (isFree(mark)) {
                    m_placed.push_back(mark);
                    return;
                }
            }
        mark.row = 0;
        mark.label.clear();
        mark.labelRect = {};
        m_placed.push_back(mark);
    }

private:
    QRectF rowRect(int row, double left, double width) const {
        const double height = m_lane.height() / kLaneRows;
        return {left, m_lane.bottom() - height * (row + 1), width, height};
    }

    bool isFree(const LaneMark& mark) const {
        if (mark.labelRect.left() < m_lane.left() || mark.labelRect.right() > m_lane.right())
            return false;
        return std::ranges::none_of(m_placed, [&](const LaneMark& other) {
            const bool meets = !other.label.isEmpty() && other.row == mark.row &&
                               other.labelRect.left() < mark.labelRect.right() + kGap &&
                               mark.labelRect.left() < other.labelRect.right() + kGap;
            return meets || crosses(mark, other) || crosses(other, mark);
        });
    }

    /// Whether the tick of `line` runs through the label of `text`.
    static bool crosses(const LaneMark& line, const LaneMark& text) {
        return !text.label.isEmpty() && line.outside == 0 && line.row >= text.row &&
               line.x > text.labelRect.left() - 1 && line.x < text.labelRect.right() + 1;
    }

    QRectF m_lane;
    const QFontMetrics& m_metrics;
    std::vector<LaneMark> m_placed;
};

LaneMark markAt(const LaneTick& tick, size_t index, double x, const QRectF& lane) {
    LaneMark mark;
    mark.x = std::clamp(x, lane.left(), lane.right());
    mark.outside = x < lane.left() ? -1 : x > lane.right() ? 1 : 0;
    mark.label = tick.label;
    mark.ticks = {index};
    mark.method = tick.method;
    return mark;
}

/// Right to left; ticks that cannot be told apart become one.
std::vector<LaneMark> merged(std::vector<LaneMark> marks) {
    std::ranges::stable_sort(marks, std::greater<>(), &LaneMark::x);
    std::vector<LaneMark> merged;
    for (LaneMark& mark : marks) {
        const bool isSame = !merged.empty() && mark.outside == 0 && merged.back().outside == 0 &&
                            merged.back().x - mark.x < kSame;
        if (!isSame) {
            merged.push_back(std::move(mark));
            continue;
        }
        LaneMark& group = merged.back();
        group.ticks.insert(group.ticks.end(), mark.ticks.begin(), mark.ticks.end());
        std::ranges::sort(group.ticks);
    }
    return merged;
}

}  // namespace

std::vector<LaneMark> layOutLane(const std::vector<LaneTick>& ticks, const QRectF& lane,
                                 const QFontMetrics& metrics,
                                 const std::function<double(double)>& toPixel) {
    std::vector<LaneMark> marks;
    for (size_t i = 0; i < ticks.size(); ++i) {
        marks.push_back(markAt(ticks[i], i, toPixel(ticks[i].hi), lane));
        if (ticks[i].drawsLow)
            marks.push_back(markAt(ticks[i], i, toPixel(ticks[i].lo), lane));
    }
    marks = merged(std::move(marks));
    for (LaneMark& mark : marks) {
        mark.label.clear();
        for (const size_t tick : mark.ticks)
            mark.label = joined(mark.label, ticks[tick].label);
        mark.method = ticks[mark.ticks.front()].method;
    }
    Layout layout(lane, metrics);
    layout.addOutside(marks, ticks, -1);
    layout.addOutside(marks, ticks, 1);
    for (LaneMark& mark : marks)
        if (mark.outside == 0)
            layout.place(mark);
    return marks;
}

}  // namespace clipscope::widgets
