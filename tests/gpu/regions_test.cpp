// SPDX-License-Identifier: Apache-2.0
// Regions of images and moved taps, stepped in every order and held against the definition in
// float64.
#include "analysis/runtime/functors/regions.h"

#include <cmath>

#include "analysis/runtime/functors/deform.h"
#include "tests/gpu/stepped_test.h"
#include "tests/normal_values.h"

namespace clipscope::gpu {
namespace {

Tensor tensorOf(const Shape& shape, const std::vector<float>& values) {
    return Tensor::of<float>(shape, values);
}

class SteppedRegions : public SteppedTest {};

INSTANTIATE_TEST_SUITE_P(All, SteppedRegions, everySteppingOrder());

/// The mean of samples of a ramp is the ramp at the bin's middle, wherever all of them lie inside.
TEST_P(SteppedRegions, OfARampAreItsMiddles) {
    const int64_t height = 31, width = 29;
    const std::vector<float> corners{4, 6, 20, 25, 1.5f, 2.25f, 8, 9.75f};
    const std::vector<int64_t> batches{1, 0};
    std::vector<float> x;
    for (int64_t plane = 0; plane < 2 * 3; ++plane)  // images x channels
        for (int64_t h = 0; h < height; ++h)
            for (int64_t w = 0; w < width; ++w)
                x.push_back(static_cast<float>(100 * plane + 3 * h + w));
    for (const int64_t samples : {0, 1, 3})
        for (const bool halfPixel : {true, false}) {
            const runtime::RegionForm form{.height = height,
                                           .width = width,
                                           .pooledHeight = 5,
                                           .pooledWidth = 7,
                                           .samples = samples,
                                           .scale = 0.5f,
                                           .halfPixel = halfPixel};
            Tensor y = m_device->allocate(DType::Float32, {2, 3, 5, 7});
            m_device->alignRegions(form, batches,
                                   m_device->fromHost(tensorOf({2, 3, height, width}, x)),
                                   m_device->fromHost(tensorOf({2, 4}, corners)), y);
            const Tensor got = m_device->toHost(y);
            for (size_t r = 0; r < 2; ++r)
                for (size_t c = 0; c < 3; ++c)
                    for (size_t row = 0; row < 5; ++row)
                        for (size_t column = 0; column < 7; ++column) {
                            const double offset = halfPixel ? 0.5 : 0;
                            const auto edge = [&](size_t i) {
                                return static_cast<double>(corners[r * 4 + i]) * 0.5 - offset;
                            };
                            const double w = edge(0) + (edge(2) - edge(0)) *
                                                           (static_cast<double>(column) + 0.5) / 7;
                            const double h = edge(1) + (edge(3) - edge(1)) *
                                                           (static_cast<double>(row) + 0.5) / 5;
                            const double plane =
                                static_cast<double>(batches[r]) * 3 + static_cast<double>(c);
                            ASSERT_NEAR(
                                static_cast<double>(
                                    got.values<float>()[((r * 3 + c) * 5 + row) * 7 + column]),
                                100 * plane + 3 * h + w, 1e-3);
                        }
        }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

/// Bins that a warp takes beside such that a thread does: one region is the image, whose bins have
/// 43 x 37 samples, another one has 2 x 2 samples a bin, a third one lies beyond the image and the
/// last one has fewer columns of samples than a warp has lanes.
TEST_P(SteppedRegions, OfARampAreItsMiddlesInLargeBinsToo) {
    const int64_t height = 90, width = 115, bins = 6, channels = 5;
    const std::vector<float> corners{1,   2,   112, 88,  20, 30, 26, 34,
                                     400, 300, 800, 700, 50, 2,  74, 88};
    const std::vector<int64_t> batches{0, 0, 0, 0};
    std::vector<float> x;
    for (int64_t c = 0; c < channels; ++c)
        for (int64_t h = 0; h < height; ++h)
            for (int64_t w = 0; w < width; ++w)
                x.push_back(static_cast<float>(10 * c + 3 * h + w));
    const runtime::RegionForm form{
        .height = height, .width = width, .pooledHeight = 2, .pooledWidth = 3};
    Tensor y = m_device->allocate(DType::Float32, {4, channels, 2, 3});
    m_device->alignRegions(form, batches,
                           m_device->fromHost(tensorOf({1, channels, height, width}, x)),
                           m_device->fromHost(tensorOf({4, 4}, corners)), y);
    const Tensor got = m_device->toHost(y);
    for (int64_t i = 0; i < 4 * channels * bins; ++i) {
        const int64_t r = i / bins / channels;
        const auto edge = [&](int64_t side) {
            return static_cast<double>(corners[static_cast<size_t>(r * 4 + side)]) - 0.5;
        };
        const double w = edge(0) + (edge(2) - edge(0)) * (static_cast<double>(i % 3) + 0.5) / 3;
        const double h = edge(1) + (edge(3) - edge(1)) * (static_cast<double>(i / 3 % 2) + 0.5) / 2;
        const auto c = static_cast<double>(i / bins % channels);
        const double wanted = r == 2 ? 0 : 10 * c + 3 * h + w;
        ASSERT_NEAR(static_cast<double>(got.values<float>()[static_cast<size_t>(i)]), wanted, 1e-2)
            << i;
    }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

/// One sample at the middle of each bin, which lies on an element.
TEST_P(SteppedRegions, TakeMaximaAndNothingFromBeyond) {
    const std::vector<float> x = normal(2 * 5 * 9 * 9, 1);
    const std::vector<float> corners{2, 3, 5, 6, 30, 30, 33, 33};
    const std::vector<int64_t> batches{1, 0};
    const runtime::RegionForm form{.height = 9,
                                   .width = 9,
                                   .pooledHeight = 3,
                                   .pooledWidth = 3,
                                   .samples = 1,
                                   .isMaximum = true};
    Tensor y = m_device->allocate(DType::Float32, {2, 5, 3, 3});
    m_device->alignRegions(form, batches, m_device->fromHost(tensorOf({2, 5, 9, 9}, x)),
                           m_device->fromHost(tensorOf({2, 4}, corners)), y);
    const Tensor got = m_device->toHost(y);
    for (size_t c = 0; c < 5; ++c)
        for (size_t row = 0; row < 3; ++row)
            for (size_t column = 0; column < 3; ++column) {
                const float element = x[((5 + c) * 9 + 3 + row) * 9 + 2 + column];
                // The other three of the four elements have no weight: 0 is the least.
                EXPECT_EQ(got.values<float>()[(c * 3 + row) * 3 + column], std::max(element, 0.0f));
                EXPECT_EQ(got.values<float>()[((5 + c) * 3 + row) * 3 + column], 0);
            }
}

/// A plane between elements, in float64; 0 beyond it.
double between(const float* plane, int64_t height, int64_t width, double y, double x) {
    double sum = 0;
    for (int64_t h = 0; h < height; ++h)
        for (int64_t w = 0; w < width; ++w)
            sum += std::max(0.0, 1 - std::fabs(y - static_cast<double>(h))) *
                   std::max(0.0, 1 - std::fabs(x - static_cast<double>(w))) *
                   static_cast<double>(plane[h * width + w]);
    return sum;
}

TEST_P(SteppedRegions, MovedTaps) {
    runtime::DeformForm form{.channels = 6, .height = 7, .width = 9, .offsetGroups = 3};
    const auto set = [](int64_t(&pair)[2], int64_t first, int64_t second) {
        pair[0] = first;
        pair[1] = second;
    };
    set(form.kernel, 3, 2);
    set(form.strides, 2, 1);
    set(form.dilations, 1, 2);
    set(form.pads, 1, 0);
    set(form.outputs, 4, 7);
    const auto taps = static_cast<size_t>(form.taps());
    const auto positions = static_cast<size_t>(form.positions());
    const std::vector<float> x = normal(6 * 7 * 9, 2);
    const std::vector<float> offsets = normal(3 * taps * 2 * positions, 3);
    const std::vector<float> mask = normal(3 * taps * positions, 4);
    const Tensor weights = m_device->fromHost(tensorOf({std::ssize(mask)}, mask));
    for (const bool hasMask : {false, true}) {
        Tensor columns = m_device->allocate(DType::Float32, {6 * form.taps(), form.positions()});
        m_device->deformColumns(form, m_device->fromHost(tensorOf({1, 6, 7, 9}, x)),
                                m_device->fromHost(tensorOf({std::ssize(offsets)}, offsets)),
                                hasMask ? &weights : nullptr, columns);
        const Tensor got = m_device->toHost(columns);
        for (size_t c = 0; c < 6; ++c)
            for (size_t tap = 0; tap < taps; ++tap)
                for (size_t p = 0; p < positions; ++p) {
                    const size_t moved = c / 2 * taps + tap;
                    const double y = static_cast<double>(p / 7 * 2 + tap / 2) - 1 +
                                     static_cast<double>(offsets[2 * moved * positions + p]);
                    const double at = static_cast<double>(p % 7 + tap % 2 * 2) +
                                      static_cast<double>(offsets[(2 * moved + 1) * positions + p]);
                    const double value = between(x.data() + c * 63, 7, 9, y, at);
                    const double factor =
                        hasMask ? static_cast<double>(mask[moved * positions + p]) : 1;
                    ASSERT_NEAR(
                        static_cast<double>(got.values<float>()[(c * taps + tap) * positions + p]),
                        value * factor, 1e-5);
                }
    }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

}  // namespace
}  // namespace clipscope::gpu
