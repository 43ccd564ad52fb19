// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/pool_window.h"

namespace clipscope::runtime::pooling {
namespace {

/// Elements that are worth a thread.
constexpr int64_t kGrain = 32768;

template <typename Rule>
CLIPSCOPE_INLINE void combineChannels(float* to, const float* from, int64_t channels) {
    for (int64_t c = 0; c < channels; ++c)
        to[c] = Rule::combine(to[c], from[c]);
}

CLIPSCOPE_VECTORIZED
void combineMaximum(float* to, const float* from, int64_t channels) {
    combineChannels<Maximum<float>>(to, from, channels);
}

CLIPSCOPE_VECTORIZED
void combineSum(float* to, const float* from, int64_t channels) {
    combineChannels<Sum<float>>(to, from, channels);
}

/// Where the windows of one output position begin and end.
struct Position {
    std::array<int64_t, 3> at;  ///< of the output, along depth, height and width
    std::array<std::pair<int64_t, int64_t>, 3> taps;

    Position(const Axes& axes, int64_t index) {
        for (size_t i = 3; i-- > 0;) {
            at[i] = index % axes[i].output;
            index /= axes[i].output;
            taps[i] = axes[i].taps(at[i]);
        }
    }
};

/// The channels of a position are combined with those of the others in its window; then
/// finish(position, channels of y).
template <typename Rule, typename Combine, typename Finish>
void poolPositions(const Axes& axes, const Tensor& x, Tensor& y, Combine combine,
                   const Finish& finish) {
    const int64_t channels = x.shape()[1];
    const int64_t inputs = axes[0].input * axes[1].input * axes[2].input * channels;
    const int64_t positions = axes[0].output * axes[1].output * axes[2].output;
    const float* from = reinterpret_cast<const float*>(x.bytes());
    auto* to = reinterpret_cast<float*>(y.mutableBytes());
    const int64_t work = axes[0].kernel * axes[1].kernel * axes[2].kernel * channels;
    const int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(1, work));
    parallelFor(x.shape()[0] * positions, grain, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const Position position(axes, i % positions);
            const float* sample = from + i / positions * inputs;
            float* result = to + i * channels;
            std::fill_n(result, channels, Rule::start());
            const auto [d, h, w] = position.taps;
            const auto place = [&](size_t axis, int64_t tap) {
                return position.at[axis] * axes[axis].stride - axes[axis].padBegin +
                       tap * axes[axis].dilation;
            };
            for (int64_t z = d.first; z < d.second; ++z)
                for (int64_t v = h.first; v < h.second; ++v) {
                    const int64_t row = (place(0, z) * axes[1].input + place(1, v)) * axes[2].input;
                    for (int64_t u = w.first; u < w.second; ++u)
                        combine(result, sample + (row + place(2, u)) * channels, channels);
                }
            finish(position, result);
        }
    });
}

}  // namespace

void maximumChannelsLast(const Axes& axes, const Tensor& x, Tensor& y) {
    poolPositions<Maximum<float>>(axes, x, y, combineMaximum, [](const Position&, float*) {});
}

void averageChannelsLast(const Axes& axes, bool includingPads, const Tensor& x, Tensor& y) {
    const int64_t channels = x.shape()[1];
    poolPositions<Sum<float>>(axes, x, y, combineSum, [&](const Position& position, float* result) {
        float taps = 1;
        for (size_t i = 0; i < axes.size(); ++i)
            taps *= static_cast<float>(includingPads
                                           ? axes[i].countedTaps(position.at[i])
                                           : position.taps[i].second - position.taps[i].first);
        for (int64_t c = 0; c < channels; ++c)
            result[c] /= taps;
    });
}

}  // namespace clipscope::runtime::pooling
