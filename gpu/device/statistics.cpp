// SPDX-License-Identifier: Apache-2.0
// Observing on the device: runtime::DeviceStatistics.
#include <algorithm>
#include <optional>

#include "gpu/device/scratch.h"
#include "gpu/histogram_state.h"
#include "gpu/launch/observe.h"

namespace clipscope::gpu {
namespace {

using histogram::EqualBins;
using histogram::TensorStatistics;

/// Memory of the device that starts as zeros.
class Zeroed {
public:
    Zeroed(GpuDevice& device, size_t size) : m_device(device), m_size(size) {
        m_buffer = device.memory().allocate(size);
        clear();
    }
    void clear() { m_device.backend().clear(m_buffer.data, m_size); }
    template <typename T>
    T* data() {
        return reinterpret_cast<T*>(m_buffer.data);
    }
    template <typename T>
    std::vector<T> read() {
        std::vector<T> values(m_size / sizeof(T));
        m_device.backend().toHost(reinterpret_cast<std::byte*>(values.data()), m_buffer.data,
                                  m_size);
        return values;
    }
    size_t size() const { return m_size; }

private:
    GpuDevice& m_device;
    size_t m_size;
    Buffer m_buffer;
};

class Statistics final : public runtime::DeviceStatistics {
public:
    explicit Statistics(GpuDevice& device)
        : m_device(device), m_stored(device, sizeof(StoredHistogram)) {
        m_samples.emplace(device, kSamples * sizeof(uint32_t));
    }

    void observe(const Tensor& tensor, runtime::ChannelAxis channels,
                 std::span<const int64_t> samples) override;
    void observeExact(const Tensor& tensor, const EqualBins& bins) override;
    void drain(TensorStatistics& into) override;

private:
    /// Samples whose amax is kept before it has to be read.
    static constexpr size_t kSamples = 4096;

    ObservedLayout layoutOf(const Shape& shape, runtime::ChannelAxis axis, int64_t samples) const;
    void makeRoom(size_t channels, size_t samples);
    void drainChannels();
    void drainSamples();

    GpuDevice& m_device;
    Zeroed m_stored;
    bool m_isEmpty = true;
    std::optional<Zeroed> m_channels;  ///< largest of each channel, then least
    std::optional<Zeroed> m_samples;   ///< bits of amax
    std::vector<int64_t> m_pending;    ///< the samples whose amax lies in m_samples
    TensorStatistics m_drained;        ///< read before, not yet asked for; without bins
    std::optional<Zeroed> m_edges;
    std::optional<Zeroed> m_exact;
};

ObservedLayout Statistics::layoutOf(const Shape& shape, runtime::ChannelAxis axis,
                                    int64_t samples) const {
    const int64_t count = shape.elementCount();
    const size_t rank = shape.rank();
    if (axis == runtime::ChannelAxis::Last) {
        const int64_t columns = shape[rank - 1];
        return ObservedLayout::ofColumns(count / columns, columns, count / columns / samples);
    }
    if (axis == runtime::ChannelAxis::Second) {
        const int64_t rows = shape[0] * shape[1];
        return ObservedLayout::ofRows(rows, count / rows, rows / samples, shape[1]);
    }
    return ObservedLayout::ofRows(samples, count / samples, 1, 0);
}

/// Channel counts may change with the shapes of dynamic models.
void Statistics::makeRoom(size_t channels, size_t samples) {
    const size_t channelBytes = 2 * channels * sizeof(uint32_t);
    if (channels > 0 && (!m_channels || m_channels->size() != channelBytes)) {
        drainChannels();
        m_channels.emplace(m_device, channelBytes);
    }
    if (m_samples && m_samples->size() / sizeof(uint32_t) < m_pending.size() + samples)
        drainSamples();
    if (samples > 0 && (!m_samples || m_samples->size() / sizeof(uint32_t) < samples))
        m_samples.emplace(m_device, std::max(kSamples, samples) * sizeof(uint32_t));
}

void Statistics::observe(const Tensor& tensor, runtime::ChannelAxis channels,
                         std::span<const int64_t> samples) {
    if (tensor.elementCount() == 0)
        return;
    const auto sampleCount = std::max<int64_t>(1, static_cast<int64_t>(samples.size()));
    const ObservedLayout layout = layoutOf(tensor.shape(), channels, sampleCount);
    makeRoom(static_cast<size_t>(layout.channels), samples.size());
    ObservedRanges ranges;
    if (layout.channels > 0) {
        ranges.channelLargest = m_channels->data<uint32_t>();
        ranges.channelLeast = ranges.channelLargest + layout.channels;
    }
    if (!samples.empty())
        ranges.sampleAmax = m_samples->data<uint32_t>() + m_pending.size();
    m_pending.insert(m_pending.end(), samples.begin(), samples.end());
    m_isEmpty = false;
    count(m_device.queue(), dataOf<float>(tensor), layout, m_device.scratch().table(), ranges,
          m_stored.data<StoredHistogram>());
}

void Statistics::observeExact(const Tensor& tensor, const EqualBins& bins) {
    const size_t n = bins.counts.size();
    if (!m_exact) {
        std::vector<float> edges(n + 1);
        for (size_t i = 0; i <= n; ++i)
            edges[i] = bins.edge(i);
        m_edges.emplace(m_device, edges.size() * sizeof(float));
        m_device.staging().copy(m_edges->data<std::byte>(),
                                reinterpret_cast<const std::byte*>(edges.data()), m_edges->size());
        m_exact.emplace(m_device, n * sizeof(uint64_t));
    }
    countExact(m_device.queue(), dataOf<float>(tensor), tensor.elementCount(),
               m_edges->data<float>(), static_cast<int64_t>(n), bins.hi, m_exact->data<uint64_t>());
}

void include(std::vector<TensorStatistics::Range>& channels, size_t channel,
             const TensorStatistics::Range& range) {
    if (channels.size() <= channel)
        channels.resize(channel + 1);
    channels[channel].include(range);
}

void Statistics::drainChannels() {
    if (!m_channels)
        return;
    const std::vector<uint32_t> ranks = m_channels->read<uint32_t>();
    const size_t count = ranks.size() / 2;
    for (size_t c = 0; c < count; ++c)
        include(m_drained.channels, c, rangeOf(ranks[c], ranks[count + c]));
    m_channels->clear();
}

void Statistics::drainSamples() {
    if (m_pending.empty())
        return;
    const std::vector<float> amax = m_samples->read<float>();
    for (size_t i = 0; i < m_pending.size(); ++i)
        m_drained.sampleAmax.push_back({m_pending[i], amax[i]});
    m_pending.clear();
    m_samples->clear();
}

void Statistics::drain(TensorStatistics& into) {
    if (!m_isEmpty) {
        into.histogram.merge(histogramOf(m_stored.read<StoredHistogram>().front()));
        m_stored.clear();
        drainChannels();
        drainSamples();
        m_isEmpty = true;
    }
    for (size_t c = 0; c < m_drained.channels.size(); ++c)
        include(into.channels, c, m_drained.channels[c]);
    into.sampleAmax.insert(into.sampleAmax.end(), m_drained.sampleAmax.begin(),
                           m_drained.sampleAmax.end());
    m_drained = {};
    if (!m_exact)
        return;
    const std::vector<uint64_t> counts = m_exact->read<uint64_t>();
    for (size_t k = 0; k < counts.size(); ++k)
        into.exactAbs->counts[k] += counts[k];
    m_exact->clear();
}

}  // namespace

std::unique_ptr<runtime::DeviceStatistics> GpuDevice::makeStatistics() {
    scratch();
    return std::make_unique<Statistics>(*this);
}

GpuDevice::Scratch::Scratch(GpuDevice& device)
    : m_counts(device.memory().allocate(kKeys * sizeof(uint32_t))),
      m_touched(device.memory().allocate(kSignedOctaves * sizeof(uint32_t))) {
    device.backend().clear(m_counts.data, m_counts.size);
    device.backend().clear(m_touched.data, m_touched.size);
}

CountTable GpuDevice::Scratch::table() {
    if (++m_epoch == 0)
        ++m_epoch;  // 0 is what untouched octaves have
    return {reinterpret_cast<uint32_t*>(m_counts.data), reinterpret_cast<uint32_t*>(m_touched.data),
            m_epoch};
}

}  // namespace clipscope::gpu
