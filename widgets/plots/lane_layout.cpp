// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/lane_layout.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

constexpr double kSame = 5;         ///< pixels within which ticks share a label
constexpr double kGap = 6;          ///< between a tick and its label
constexpr double kTip = 5;          ///< half the width of a tick's tip, and a little
constexpr double kToTheLeft = 0.5;  ///< cost of a label, in rows
constexpr int kMostTries = 3000;

/// Cost of a mark without a label, in rows: what one misses least goes first.
double costUnlabelled(const std::string& method) {
    if (method == "percentile")
        return 30;
    if (method == "minmax")
        return 40;
    return method.starts_with("entropy") ? 60 : 50;
}

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

    /// Labels for the marks in view: as many as there is room for, in rows as low as can be.
    void placeAll(std::vector<LaneMark>& marks) {
        m_marks = &marks;
        m_best = std::numeric_limits<double>::infinity();
        m_left = kMostTries;
        search(nextInside(0), 0);
        for (size_t i = 0; i < marks.size(); ++i)
            if (marks[i].outside == 0)
                marks[i] = m_found[i];
    }

private:
    QRectF rowRect(int row, double left, double width) const {
        const double height = m_lane.height() / kLaneRows;
        return {left, m_lane.bottom() - height * (row + 1), width, height};
    }

    size_t nextInside(size_t i) const {
        while (i < m_marks->size() && (*m_marks)[i].outside != 0)
            ++i;
        return i;
    }

    /// Branch and bound over the marks right to left; the tries are bounded, and what a first
    /// descent finds is good already.
    void search(size_t i, double cost) {
        if (cost >= m_best || --m_left < 0)
            return;
        if (i >= m_marks->size()) {
            m_best = cost;
            m_found = *m_marks;
            return;
        }
        LaneMark& mark = (*m_marks)[i];
        const QString label = mark.label;
        const double width = m_metrics.horizontalAdvance(label);
        for (int row = 0; row < kLaneRows; ++row)
            for (const bool isRight : {true, false}) {
                mark.row = row;
                mark.labelRect =
                    rowRect(row, isRight ? mark.x + kGap : mark.x - kGap - width, width);
                if (!isFree(i))
                    continue;
                m_placed.push_back(mark);
                search(nextInside(i + 1), cost + row + (isRight ? 0 : kToTheLeft));
                m_placed.pop_back();
            }
        mark.row = 0;
        mark.label.clear();
        mark.labelRect = {};
        m_placed.push_back(mark);
        search(nextInside(i + 1), cost + costUnlabelled(mark.method));
        m_placed.pop_back();
        mark.label = label;
    }

    bool isFree(size_t i) const {
        const LaneMark& mark = (*m_marks)[i];
        if (mark.labelRect.left() < m_lane.left() || mark.labelRect.right() > m_lane.right())
            return false;
        // Ticks that are not placed yet will run through the lowest row at least.
        for (size_t k = i + 1; k < m_marks->size(); ++k)
            if (mark.row == 0 && runsThrough((*m_marks)[k], mark))
                return false;
        return std::ranges::none_of(m_placed, [&](const LaneMark& other) {
            const bool meets = !other.label.isEmpty() && other.row == mark.row &&
                               other.labelRect.left() < mark.labelRect.right() + kGap &&
                               mark.labelRect.left() < other.labelRect.right() + kGap;
            return meets || crosses(mark, other) || crosses(other, mark);
        });
    }

    static bool runsThrough(const LaneMark& line, const LaneMark& text) {
        return line.outside == 0 && line.x > text.labelRect.left() - kTip &&
               line.x < text.labelRect.right() + kTip;
    }

    /// Whether the tick of `line` runs through the label of `text`.
    static bool crosses(const LaneMark& line, const LaneMark& text) {
        return !text.label.isEmpty() && line.row >= text.row && runsThrough(line, text);
    }

    QRectF m_lane;
    const QFontMetrics& m_metrics;
    std::vector<LaneMark> m_placed;
    std::vector<LaneMark>* m_marks = nullptr;
    std::vector<LaneMark> m_found;
    double m_best = 0;
    int m_left = 0;
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
    layout.placeAll(marks);
    return marks;
}

}  // namespace clipscope::widgets
