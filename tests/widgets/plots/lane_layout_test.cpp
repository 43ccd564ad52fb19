// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/lane_layout.h"

#include <QApplication>
#include <random>

#include <gtest/gtest.h>

namespace clipscope::widgets {
namespace {

const QRectF kLane(60, 10, 580, 48);

LaneTick tickAt(double x, const char* label, const char* method) {
    LaneTick tick;
    tick.hi = x;
    tick.label = QLatin1String(label);
    tick.method = method;
    return tick;
}

std::vector<LaneMark> layOut(const std::vector<LaneTick>& ticks) {
    return layOutLane(ticks, kLane, QFontMetrics(QApplication::font()), [](double x) { return x; });
}

/// No label leaves the lane, meets another, or is crossed by a tick.
void expectReadable(const std::vector<LaneMark>& marks) {
    for (const LaneMark& text : marks) {
        if (text.label.isEmpty())
            continue;
        EXPECT_TRUE(kLane.contains(text.labelRect)) << text.label.toStdString();
        for (const LaneMark& other : marks) {
            if (&other == &text)
                continue;
            if (!other.label.isEmpty()) {
                EXPECT_FALSE(other.labelRect.intersects(text.labelRect))
                    << text.label.toStdString() << " meets " << other.label.toStdString();
            }
            // A tick runs from the bottom to the top of its own row.
            const bool crosses = other.outside == 0 && other.row >= text.row &&
                                 other.x > text.labelRect.left() &&
                                 other.x < text.labelRect.right();
            EXPECT_FALSE(crosses) << "the tick of '" << other.label.toStdString() << "' crosses '"
                                  << text.label.toStdString() << "'";
        }
    }
}

TEST(LaneLayout, SpreadTicksAllGetTheLowestRow) {
    const auto marks = layOut({tickAt(100, "p99.9", "percentile"), tickAt(250, "mse", "mse"),
                               tickAt(400, "entropy", "entropy")});
    ASSERT_EQ(marks.size(), 3u);
    for (const LaneMark& mark : marks) {
        EXPECT_FALSE(mark.label.isEmpty());
        EXPECT_EQ(mark.row, 0);
    }
    expectReadable(marks);
}

TEST(LaneLayout, TicksAtOnePlaceShareALabel) {
    const auto marks =
        layOut({tickAt(300, "entropy", "entropy"), tickAt(301, "entropy-gtc", "entropy-gtc"),
                tickAt(302, "mse", "mse")});
    ASSERT_EQ(marks.size(), 1u);
    EXPECT_EQ(marks[0].label, QStringLiteral("entropy, -gtc, mse"));
    EXPECT_EQ(marks[0].method, "entropy");
}

TEST(LaneLayout, WhatLiesOutsideStandsAtTheEdgeWithAnArrow) {
    const auto marks = layOut({tickAt(300, "mse", "mse"), tickAt(5000, "minmax", "minmax")});
    const auto outside = std::ranges::find(marks, 1, &LaneMark::outside);
    ASSERT_NE(outside, marks.end());
    EXPECT_EQ(outside->label, QStringLiteral("minmax 5000 ▸"));
    EXPECT_NEAR(outside->labelRect.right(), kLane.right(), 1);
    expectReadable(marks);
}

TEST(LaneLayout, CloseTicksUseTheRowsAboveAndDropPercentilesFirst) {
    const auto marks = layOut({tickAt(420, "p99.9", "percentile"),
                               tickAt(464, "p99.99", "percentile"), tickAt(476, "mse", "mse"),
                               tickAt(492, "entropy", "entropy"), tickAt(560, "minmax", "minmax")});
    expectReadable(marks);
    for (const LaneMark& mark : marks)
        EXPECT_TRUE(!mark.label.isEmpty() || mark.method == "percentile") << mark.x;
}

TEST(LaneLayout, AnyTicksStayReadable) {
    std::mt19937 random(7);
    const char* names[]{"minmax", "entropy", "entropy-gtc", "entropy-trt",
                        "p99.9",  "p99.99",  "mse",         "legacy"};
    for (int round = 0; round < 300; ++round) {
        std::vector<LaneTick> ticks;
        for (const char* name : names)
            ticks.push_back(tickAt(std::uniform_real_distribution<>(20, 700)(random), name, name));
        expectReadable(layOut(ticks));
    }
}

}  // namespace
}  // namespace clipscope::widgets
