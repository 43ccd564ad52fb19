// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/thinning.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace clipscope::widgets {
namespace {

struct Curve {
    std::vector<double> keys;
    std::vector<double> values;
};

Curve curveOf(size_t n, double lo, double hi, const std::function<double(double)>& value) {
    Curve curve;
    for (size_t i = 0; i < n; ++i) {
        const double key = lo + (hi - lo) * static_cast<double>(i) / static_cast<double>(n - 1);
        curve.keys.push_back(key);
        curve.values.push_back(value(key));
    }
    return curve;
}

/// Largest distance in y of the curve's points from the polyline, pixels.
double worst(const Curve& curve, const QVector<QCPGraphData>& line, const CurveScale& scale) {
    double worst = 0;
    for (size_t i = 0; i < curve.keys.size(); ++i) {
        const auto after = std::ranges::lower_bound(line, curve.keys[i], {}, &QCPGraphData::key);
        if (after == line.end() || (after == line.begin() && after->key != curve.keys[i]))
            return 1e9;
        double y = scale.y(after->value);
        if (after->key != curve.keys[i]) {
            const auto before = after - 1;
            const double part = (curve.keys[i] - before->key) / (after->key - before->key);
            y = scale.y(before->value) + part * (y - scale.y(before->value));
        }
        worst = std::max(worst, std::abs(scale.y(curve.values[i]) - y));
    }
    return worst;
}

TEST(Thinning, KeepsASmoothCurveNearItsPointsWithFewOfThem) {
    const CurveScale scale{{0, 10}, {-60, 0}, 1000, 150, false};
    const Curve curve = curveOf(1000, 0, 10, [](double x) { return -30 + 25 * std::sin(x); });
    const auto line = thinned(curve.keys, curve.values, scale);
    EXPECT_LE(worst(curve, line, scale), kThinningError + 1e-9);
    EXPECT_LT(line.size(), 120);
    EXPECT_EQ(line.first().key, curve.keys.front());
    EXPECT_EQ(line.last().key, curve.keys.back());
}

TEST(Thinning, HoldsOnALogarithmicAxisAndForNoise) {
    const CurveScale scale{{0, 10}, {1e-4, 1}, 1000, 90, true};
    std::mt19937 random(3);
    std::uniform_real_distribution<> noise(0.9, 1.1);
    const Curve curve =
        curveOf(900, 0, 10, [&](double x) { return std::exp(-0.8 * x) * noise(random); });
    EXPECT_LE(worst(curve, thinned(curve.keys, curve.values, scale), scale), kThinningError + 1e-9);
}

TEST(Thinning, OfManyPointsInAColumnTheExtremesStay) {
    const CurveScale scale{{0, 10}, {-1, 101}, 100, 150, false};
    Curve curve = curveOf(10001, 0, 10, [](double x) { return x; });
    curve.values[4567] = 100;
    curve.values[8901] = -0.5;
    const auto line = thinned(curve.keys, curve.values, scale);
    EXPECT_LE(line.size(), 310);
    EXPECT_EQ(std::ranges::max(line, {}, &QCPGraphData::value).key, curve.keys[4567]);
    EXPECT_EQ(std::ranges::min(line, {}, &QCPGraphData::value).key, curve.keys[8901]);
}

TEST(Thinning, GapsAndTheTwoSidesOfZeroStayApart) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> keys{-2, -1, 1, 2, 3, 4};
    const std::vector<double> values{5, 5, 5, nan, 5, 5};
    const auto line = thinned(keys, values, {{-3, 5}, {0, 10}, 100, 100, false});
    std::vector<double> gaps;
    std::vector<double> points;
    for (const QCPGraphData& point : line)
        (std::isnan(point.value) ? gaps : points).push_back(point.key);
    EXPECT_EQ(gaps, (std::vector<double>{0, 2}));
    EXPECT_EQ(points, (std::vector<double>{-2, -1, 1, 3, 4}));
}

TEST(Thinning, LeavesOutWhatIsOutOfViewButOnePointBesideIt) {
    const Curve curve = curveOf(101, 0, 100, [](double x) { return x * x; });
    const auto line =
        thinned(curve.keys, curve.values, {{40.5, 50.5}, {1600, 2500}, 1000, 5000, false});
    EXPECT_EQ(line.first().key, 40);
    EXPECT_EQ(line.last().key, 51);
    EXPECT_TRUE(thinned({}, {}, {{0, 1}, {0, 1}, 10, 10, false}).isEmpty());
}

}  // namespace
}  // namespace clipscope::widgets
