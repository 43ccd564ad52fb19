// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/live.h"

#include <algorithm>

#include "analysis/quantization/density.h"

namespace clipscope::session {
namespace {

constexpr std::chrono::milliseconds kInterval{500};
constexpr int kShare = 50;  ///< one part of so many goes into snapshots

}  // namespace

LiveReporter::LiveReporter(LiveSink sink, std::vector<LiveSnapshot::Name> names)
    : m_sink(std::move(sink)),
      m_names(std::make_shared<const std::vector<LiveSnapshot::Name>>(std::move(names))),
      m_amax(m_names->size(), 0),
      m_raisedBy(m_names->size(), -1),
      m_next(Clock::now()) {}

LiveTensor LiveReporter::view(size_t activation,
                              const histogram::TensorStatistics& statistics) const {
    LiveTensor tensor;
    tensor.amax = m_amax[activation];
    tensor.raisedBy = m_raisedBy[activation];
    const quantization::Density density(statistics.histogram);
    tensor.view = fullView(density, false);
    tensor.bins = plotBins(density, tensor.view.lo, tensor.view.hi, kLiveColumns);
    return tensor;
}

void LiveReporter::update(int64_t done, int64_t total, const Statistics& statistics,
                          const DeviceNow& device) {
    if (!m_sink)
        return;
    for (size_t a = 0; a < m_amax.size(); ++a) {
        const histogram::Histogram& histogram = statistics(a).histogram;
        const float amax = histogram.amax();
        if (histogram.count() == 0 || (m_raisedBy[a] >= 0 && amax <= m_amax[a]))
            continue;
        m_amax[a] = amax;
        m_raisedBy[a] = done;
    }
    const Clock::time_point start = Clock::now();
    if (start < m_next && done < total)
        return;
    auto snapshot = std::make_shared<LiveSnapshot>();
    snapshot->names = m_names;
    snapshot->done = done;
    snapshot->total = total;
    snapshot->device = device();
    for (size_t a = 0; a < m_amax.size(); ++a)
        snapshot->tensors.push_back(view(a, statistics(a)));
    m_sink(std::move(snapshot));
    const Clock::time_point end = Clock::now();
    m_next = end + std::max<Clock::duration>(kInterval, kShare * (end - start));
}

}  // namespace clipscope::session
