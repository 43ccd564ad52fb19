// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <utility>

#include "analysis/histogram/statistics.h"
#include "analysis/quantization/density.h"
#include "analysis/session/tensor_plots.h"

namespace clipscope::widgets {

/// What the plots of one tensor are made from; shared with jobs, and keeps its session alive.
struct PlotSource {
    std::shared_ptr<const histogram::TensorStatistics> statistics;
    quantization::Density density;
    quantization::Density folded;  ///< of |x|
    double binWidth = 0;           ///< amax / 2048
};
/// Throws Error where the bins are read now and cannot be. Any thread may call it.
std::shared_ptr<const PlotSource> makePlotSource(
    std::shared_ptr<const histogram::TensorStatistics> statistics);

/// Values by tensor index; the longest unused go first.
template <typename Value>
class RecentTensors {
public:
    explicit RecentTensors(size_t most) : m_most(most) {}
    /// A default value where it is not kept; does not count as a use.
    Value find(int tensor) const {
        const auto found = m_values.find(tensor);
        return found == m_values.end() ? Value() : found->second;
    }
    void keep(int tensor, Value value) {
        m_values[tensor] = std::move(value);
        m_order.remove(tensor);
        m_order.push_front(tensor);
        if (m_order.size() > m_most) {
            m_values.erase(m_order.back());
            m_order.pop_back();
        }
    }
    void clear() {
        m_order.clear();
        m_values.clear();
    }

private:
    size_t m_most;
    std::list<int> m_order;  ///< latest first
    std::map<int, Value> m_values;
};

}  // namespace clipscope::widgets
