// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>

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
/// Throws Error where the bins are read now and cannot be.
std::shared_ptr<const PlotSource> makePlotSource(
    const std::shared_ptr<const session::Session>& session, int tensor);

/// One tensor as the plots know it: its source at once, its curves when a job has computed them.
struct PlotEntry {
    std::shared_ptr<const PlotSource> source;
    std::shared_ptr<const session::TensorPlots> curves;
};

/// The tensors shown lately, by index; the longest unused go first.
class PlotCache {
public:
    explicit PlotCache(size_t most = 64) : m_most(most) {}
    PlotEntry& entry(int tensor, const std::shared_ptr<const session::Session>& session);
    PlotEntry* find(int tensor);  ///< null where it is not kept
    void clear();

private:
    size_t m_most;
    std::list<int> m_order;  ///< latest first
    std::map<int, PlotEntry> m_entries;
};

}  // namespace clipscope::widgets
