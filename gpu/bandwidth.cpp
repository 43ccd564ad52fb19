// SPDX-License-Identifier: Apache-2.0
#include "gpu/bandwidth.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "analysis/base/error.h"
#include "analysis/histogram/counter.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {
namespace {

/// A kind of data, and the share of the copy's rate that counting it should reach.
struct Data {
    const char* name;
    double wanted;
    float (*value)(std::mt19937& random);
};

float normal(std::mt19937& random) {
    return std::normal_distribution<float>()(random);
}

float mostlyZero(std::mt19937& random) {
    return random() % 10 == 0 ? normal(random) : 0.0f;
}

constexpr Data kData[] = {
    {"histogram of normal values", 0.80, normal},
    {"histogram of a constant", 0.55, [](std::mt19937&) { return 0.25f; }},
    {"histogram of nine zeros in ten", 0, mostlyZero},
};

class Measurement {
public:
    Measurement(GpuDevice& device, const BandwidthSizes& sizes)
        : m_device(device),
          m_sizes(sizes),
          m_host(DType::Float32, {static_cast<int64_t>(sizes.bytes / sizeof(float))}) {
        for (size_t i = 0; i < sizes.tensors; ++i)
            m_tensors.push_back(device.allocate(DType::Float32, m_host.shape()));
    }

    BandwidthFigure copyWithin() {
        fill(normal);
        const double rate =
            2 * perSecond([&](Tensor& from) {
                Tensor& to = &from == &m_tensors.back() ? m_tensors.front() : *(&from + 1);
                m_device.backend().copy(to.mutableBytes(), from.bytes(), from.byteSize());
            });
        return {"copy within the GPU, read and written", rate, 0, 0, ""};
    }

    BandwidthFigure copyPinned() {
        Backend& backend = m_device.backend();
        const PinnedMemory pinned = m_device.pinned(m_host.byteSize());
        std::memcpy(pinned.data(), m_host.bytes(), m_host.byteSize());
        const std::unique_ptr<Mark> sent = backend.makeMark();
        const double rate = perSecond([&](Tensor& to) {
            backend.copyIn(to.mutableBytes(), pinned.data(), to.byteSize(), Lane::Ahead);
            backend.record(*sent, Lane::Ahead);
            backend.wait(*sent, Lane::Work);  // whose clock it is
        });
        backend.synchronize();
        return {"copy to the GPU from pinned memory", rate, 0, 0, ""};
    }

    BandwidthFigure copyStaged() {
        const double rate = perSecond([&](Tensor& to) {
            m_device.staging().copy(to.mutableBytes(), m_host.bytes(), to.byteSize());
        });
        return {"copy to the GPU as samples go", rate, 0, 0, ""};
    }

    BandwidthFigure histogram(const Data& data, double copy) {
        fill(data.value);
        const std::unique_ptr<runtime::DeviceStatistics> statistics = m_device.makeStatistics();
        const double rate = perSecond([&](Tensor& tensor) {
            statistics->observe(tensor, runtime::ChannelAxis::None, {});
            ++m_observed;
        });
        BandwidthFigure figure{data.name, rate, rate / copy, data.wanted, ""};
        histogram::TensorStatistics counted;
        statistics->drain(counted);
        if (!isRight(counted.histogram))
            figure.failure = "what the GPU counted is not what the CPU counts";
        m_observed = 0;
        return figure;
    }

private:
    void fill(float (*value)(std::mt19937&)) {
        std::mt19937 random(1);
        std::ranges::generate(m_host.mutableValues<float>(), [&] { return value(random); });
        for (Tensor& tensor : m_tensors)
            m_device.staging().copy(tensor.mutableBytes(), m_host.bytes(), m_host.byteSize());
        m_device.synchronize();
    }

    /// Bytes of tensors that `queue` goes through in a second; once before without the clock.
    template <typename Work>
    double perSecond(const Work& queue) {
        queue(m_tensors.front());
        const double seconds = m_device.backend().seconds([&] {
            for (size_t round = 0; round < m_sizes.rounds; ++round)
                for (Tensor& tensor : m_tensors)
                    queue(tensor);
        });
        const size_t bytes = m_sizes.rounds * m_tensors.size() * m_host.byteSize();
        return static_cast<double>(bytes) / seconds;
    }

    /// All tensors hold the same values.
    bool isRight(const histogram::Histogram& counted) const {
        histogram::Histogram once;
        histogram::Counter().count(m_host.values<float>(), once);
        histogram::Histogram wanted;
        for (size_t i = 0; i < m_observed; ++i)
            wanted.merge(once);
        return counted == wanted;
    }

    GpuDevice& m_device;
    BandwidthSizes m_sizes;
    Tensor m_host;
    std::vector<Tensor> m_tensors;
    size_t m_observed = 0;
};

}  // namespace

std::vector<BandwidthFigure> measureBandwidth(runtime::Device& device,
                                              const BandwidthSizes& sizes) {
    auto* gpu = dynamic_cast<GpuDevice*>(&device);
    if (!gpu)
        throw Error(ErrorCode::Unsupported, device.name() + " is no GPU: it has no such bandwidth");
    Measurement measurement(*gpu, sizes);
    std::vector<BandwidthFigure> figures{measurement.copyWithin(), measurement.copyPinned(),
                                         measurement.copyStaged()};
    const double copy = figures.front().bytesPerSecond;
    for (const Data& data : kData)
        figures.push_back(measurement.histogram(data, copy));
    return figures;
}

}  // namespace clipscope::gpu
