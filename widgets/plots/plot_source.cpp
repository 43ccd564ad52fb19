// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_source.h"

#include "analysis/session/plot_bins.h"

namespace clipscope::widgets {

std::shared_ptr<const PlotSource> makePlotSource(
    const std::shared_ptr<const session::Session>& session, int tensor) {
    auto source = std::make_shared<PlotSource>();
    source->statistics = {session, &session->tensors[static_cast<size_t>(tensor)].statistics};
    source->density = quantization::Density(source->statistics->histogram);
    source->folded = source->density.folded();
    source->binWidth = session::nominalWidth(source->density);
    return source;
}

PlotEntry& PlotCache::entry(int tensor, const std::shared_ptr<const session::Session>& session) {
    if (!find(tensor)) {
        auto source = makePlotSource(session, tensor);  // Throws where bins cannot be read.
        m_entries[tensor].source = std::move(source);
    }
    PlotEntry& entry = m_entries[tensor];
    m_order.remove(tensor);
    m_order.push_front(tensor);
    if (m_order.size() > m_most) {
        m_entries.erase(m_order.back());
        m_order.pop_back();
    }
    return entry;
}

PlotEntry* PlotCache::find(int tensor) {
    const auto found = m_entries.find(tensor);
    return found == m_entries.end() ? nullptr : &found->second;
}

void PlotCache::clear() {
    m_order.clear();
    m_entries.clear();
}

}  // namespace clipscope::widgets
