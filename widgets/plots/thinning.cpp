// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/thinning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace clipscope::widgets {
namespace {

using Points = QVector<QCPGraphData>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Takes points one by one; joins those of a column, then those on a line.
class Thinner {
public:
    explicit Thinner(const CurveScale& scale) : m_scale(scale) {}

    void add(const QCPGraphData& point) {
        if (!m_column.empty() && m_scale.x(point.key) - m_scale.x(m_column.front().key) >= 1)
            endColumn();
        m_column.push_back(point);
    }
    void addGap(double key) {
        endColumn();
        endLine();
        m_points.push_back({key, std::numeric_limits<double>::quiet_NaN()});
    }
    Points finish() {
        endColumn();
        endLine();
        return std::move(m_points);
    }

private:
    void endColumn() {
        if (m_column.size() <= 3) {
            for (const QCPGraphData& point : m_column)
                addToLine(point);
        } else {
            const auto [least, most] =
                std::ranges::minmax_element(m_column, {}, &QCPGraphData::value);
            const std::array kept{m_column.begin(), std::min(least, most), std::max(least, most)};
            for (size_t i = 0; i < kept.size(); ++i)
                if (i == 0 || kept[i] != kept[i - 1])
                    addToLine(*kept[i]);
        }
        m_column.clear();
    }

    /// The line from the last point kept to the candidate passes all points between.
    void addToLine(const QCPGraphData& point) {
        if (!m_hasStart) {
            keep(point);
            return;
        }
        const double dx = m_scale.x(point.key) - m_scale.x(m_points.last().key);
        const double dy = m_scale.y(point.value) - m_scale.y(m_points.last().value);
        if (m_hasCandidate && !(dx > 0 && dy / dx >= m_least && dy / dx <= m_most)) {
            keep(m_candidate);
            addToLine(point);
            return;
        }
        m_candidate = point;
        m_hasCandidate = true;
        if (dx > 0) {
            m_least = std::max(m_least, (dy - kThinningError) / dx);
            m_most = std::min(m_most, (dy + kThinningError) / dx);
        }
    }
    void keep(const QCPGraphData& point) {
        m_points.push_back(point);
        m_hasStart = true;
        m_hasCandidate = false;
        m_least = -kInfinity;
        m_most = kInfinity;
    }
    void endLine() {
        if (m_hasCandidate)
            keep(m_candidate);
        m_hasStart = m_hasCandidate = false;
    }

    const CurveScale& m_scale;
    Points m_points;
    std::vector<QCPGraphData> m_column;
    QCPGraphData m_candidate;
    bool m_hasStart = false;
    bool m_hasCandidate = false;
    double m_least = -kInfinity;  ///< slopes that keep the line near the points passed
    double m_most = kInfinity;
};

}  // namespace

double CurveScale::y(double value) const {
    if (isLogarithmic)
        return std::log(std::max(value, std::numeric_limits<double>::min()) / values.lower) /
               std::log(values.upper / values.lower) * height;
    return (value - values.lower) / values.size() * height;
}

QVector<QCPGraphData> thinned(const std::vector<double>& keys, const std::vector<double>& values,
                              const CurveScale& scale) {
    const auto first = std::ranges::lower_bound(keys, scale.keys.lower) - keys.begin();
    const auto end = std::ranges::upper_bound(keys, scale.keys.upper) - keys.begin();
    const auto from = static_cast<size_t>(std::max<std::ptrdiff_t>(first - 1, 0));
    const size_t to = std::min(static_cast<size_t>(end) + 1, keys.size());
    Thinner thinner(scale);
    for (size_t i = from; i < to; ++i) {
        if (i > from && keys[i - 1] < 0 && keys[i] > 0)
            thinner.addGap(0);
        if (std::isfinite(values[i]))
            thinner.add({keys[i], values[i]});
        else
            thinner.addGap(keys[i]);
    }
    return thinner.finish();
}

}  // namespace clipscope::widgets
