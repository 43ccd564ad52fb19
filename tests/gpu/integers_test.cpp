// SPDX-License-Identifier: Apache-2.0
// Convolutions of 8-bit integers and what becomes of sums, stepped in every order and held against
// the definitions.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "analysis/runtime/functors/quantize.h"
#include "analysis/runtime/integer_sums.h"
#include "tests/gpu/stepped_integers.h"

namespace clipscope::gpu {
namespace {

using runtime::IntegerOperand;
using runtime::IntegerSums;

INSTANTIATE_TEST_SUITE_P(All, SteppedIntegers, everySteppingOrder());

struct ConvolutionCase {
    Shape x, weights;
    std::vector<int64_t> strides, dilations, begin, end;
    int64_t groups = 1;
    DType xType = DType::UInt8, weightType = DType::Int8;
    int64_t weightZeros = 0;
};

/// An element of the sums, from the definition.
int64_t convolvedAt(const ConvolutionCase& form, const Tensor& x, const Tensor& weights,
                    int64_t xZero, const Tensor& weightZero, const Shape& y, int64_t i) {
    const size_t axes = y.rank() - 2;
    const std::vector<int64_t> strides = y.strides();
    std::vector<int64_t> at;
    for (const int64_t stride : strides) {
        at.push_back(i / stride);
        i %= stride;
    }
    const int64_t channels = form.weights[1];
    const int64_t group = at[1] / (form.weights[0] / form.groups);
    const int64_t taps = form.weights.elementCount(2, form.weights.rank());
    int64_t sum = 0;
    for (int64_t c = 0; c < channels; ++c)
        for (int64_t tap = 0; tap < taps; ++tap) {
            int64_t rest = tap, offset = 0, step = 1;
            bool inside = true;
            for (size_t axis = axes; axis-- > 0;) {
                const int64_t place = at[2 + axis] * form.strides[axis] - form.begin[axis] +
                                      rest % form.weights[2 + axis] * form.dilations[axis];
                rest /= form.weights[2 + axis];
                inside = inside && place >= 0 && place < form.x[2 + axis];
                offset += place * step;
                step *= form.x[2 + axis];
            }
            if (inside)
                sum += (byteAt(x, (at[0] * form.x[1] + group * channels + c) * step + offset) -
                        xZero) *
                       (byteAt(weights, (at[1] * channels + c) * taps + tap) -
                        zeroAt(weightZero, at[1]));
        }
    return sum;
}

TEST_P(SteppedIntegers, ConvolutionsAreExact) {
    constexpr auto kS = DType::Int8;
    constexpr auto kU = DType::UInt8;
    const ConvolutionCase cases[] = {
        {{2, 3, 9, 11}, {70, 3, 3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
        {{1, 6, 13, 15}, {8, 3, 3, 2}, {2, 1}, {1, 2}, {1, 0}, {0, 2}, 2, kS, kU, 8},
        {{3, 5, 17, 16}, {5, 1, 3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, 5, kU, kU, 1},
        {{2, 4, 131}, {3, 4, 5}, {3}, {2}, {4}, {4}, 1, kS, kS, 3},
        {{2, 2, 4, 5, 6}, {4, 2, 2, 3, 2}, {1, 2, 1}, {1, 1, 2}, {0, 1, 1}, {1, 1, 0}, 1, kU, kS},
        {{1, 33, 1, 1}, {65, 33, 1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}},
        // A tile for each group, more than the 48 blocks.
        {{2, 101, 4, 5}, {101, 1, 3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, 101, kU, kS, 101},
    };
    for (const ConvolutionCase& form : cases)
        for (const bool zeroThere : {false, true}) {
            const Tensor x = randomBytes(form.xType, form.x, 10);
            const Tensor weights = randomBytes(form.weightType, form.weights, 11);
            const Tensor xZero = randomBytes(form.xType, {1}, 12);
            const Tensor weightZero =
                form.weightZeros ? randomBytes(form.weightType, {form.weightZeros}, 13) : Tensor();
            std::vector<int64_t> extents{form.x[0], form.weights[0]};
            for (size_t axis = 0; axis + 2 < form.x.rank(); ++axis)
                extents.push_back((form.x[2 + axis] + form.begin[axis] + form.end[axis] -
                                   (form.weights[2 + axis] - 1) * form.dilations[axis] - 1) /
                                      form.strides[axis] +
                                  1);
            const Shape y(extents);
            const Tensor zero = zeroThere ? sent(xZero) : xZero;
            runtime::ConvolutionParameters parameters;
            parameters.strides = form.strides;
            parameters.dilations = form.dilations;
            parameters.padsBegin = form.begin;
            parameters.padsEnd = form.end;
            parameters.groups = form.groups;
            runtime::NodeState state;
            const IntegerSums sums = m_device->convolveIntegers(
                parameters, {sent(x), &zero},
                {sent(weights), form.weightZeros ? &weightZero : nullptr}, y, state);
            const Tensor got = m_device->toHost(sums.values);
            for (int64_t i = 0; i < y.elementCount(); ++i)
                ASSERT_EQ(got.values<int32_t>()[static_cast<size_t>(i)],
                          convolvedAt(form, x, weights, zeroAt(xZero, 0), weightZero, y, i))
                    << form.x.toString() << ' ' << i;
        }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

TEST_P(SteppedIntegers, SumsBecomeWhatOnnxSays) {
    const Shape shape{3, 7, 61};
    Tensor sums(DType::Int32, shape);
    std::mt19937 random(14);
    for (int32_t& sum : sums.mutableValues<int32_t>())
        sum = static_cast<int32_t>(random()) >> (random() % 24);
    std::vector<int32_t> offsets{5, -7, 0, 2147483647, 100, -2147483647 - 1, 9};
    std::vector<float> scales{1, 0.5f, 0.001f, 1e-7f, 0.25f, 3e-9f, 0.0625f};
    const IntegerSums given{
        m_device->fromHost(sums), Tensor::of<int32_t>({7}, offsets), {.extent = 7, .inner = 61}};
    const Tensor scale = m_device->fromHost(Tensor::of<float>({7}, scales));
    Tensor ints = m_device->allocate(DType::Int32, shape);
    m_device->convertSums(given, nullptr, nullptr, ints);
    Tensor floats = m_device->allocate(DType::Float32, shape);
    m_device->convertSums(given, &scale, nullptr, floats);
    Tensor bytes = m_device->allocate(DType::UInt8, shape);
    const Tensor zero = Tensor::scalar(uint8_t{131});
    m_device->convertSums(given, &scale, &zero, bytes);
    Tensor signedBytes = m_device->allocate(DType::Int8, shape);
    const Tensor signedZero = sent(Tensor::scalar(int8_t{-5}));
    m_device->convertSums(given, &scale, &signedZero, signedBytes);
    const Tensor gotInts = m_device->toHost(ints), gotFloats = m_device->toHost(floats),
                 gotBytes = m_device->toHost(bytes), gotSigned = m_device->toHost(signedBytes);
    for (size_t i = 0; i < 3 * 7 * 61; ++i) {
        const size_t c = i / 61 % 7;
        const auto sum = static_cast<int32_t>(static_cast<uint32_t>(sums.values<int32_t>()[i]) +
                                              static_cast<uint32_t>(offsets[c]));
        const float scaled = static_cast<float>(sum) * scales[c];
        ASSERT_EQ(gotInts.values<int32_t>()[i], sum);
        ASSERT_EQ(gotFloats.values<float>()[i], scaled);
        ASSERT_EQ(static_cast<float>(gotBytes.values<uint8_t>()[i]),
                  std::clamp(std::nearbyint(scaled) + 131.0f, 0.0f, 255.0f));
        ASSERT_EQ(static_cast<float>(gotSigned.values<int8_t>()[i]),
                  std::clamp(std::nearbyint(scaled) - 5.0f, -128.0f, 127.0f));
    }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

TEST_P(SteppedIntegers, QuantizesOverTheRange) {
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    for (const int64_t count : {0, 1, 31, 257, 30001}) {
        for (const float shift : {-2.0f, 0.0f, 5.0f}) {
            std::mt19937 random(15);
            std::normal_distribution<float> values;
            Tensor x(DType::Float32, {count});
            float low = 0, high = 0;
            for (float& value : x.mutableValues<float>()) {
                value = random() % 64 == 0 ? kNan : values(random) + shift;
                if (std::isnan(value))
                    continue;  // does not count
                low = std::min(low, value);
                high = std::max(high, value);
            }
            const runtime::QuantizedTensor got =
                m_device->quantizeDynamically(m_device->fromHost(x));
            const float scale = high == low ? 1 : (high - low) / 255;
            const float zero = std::clamp(std::nearbyint(-low / scale), 0.0f, 255.0f);
            EXPECT_EQ(m_device->toHost(got.scale).values<float>()[0], scale);
            EXPECT_EQ(static_cast<float>(m_device->toHost(got.zeroPoint).values<uint8_t>()[0]),
                      zero);
            const Tensor codes = m_device->toHost(got.values);
            for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
                const float value = x.values<float>()[i];
                ASSERT_EQ(static_cast<float>(codes.values<uint8_t>()[i]),
                          std::isnan(value)
                              ? 0.0f
                              : std::clamp(std::nearbyint(value / scale) + zero, 0.0f, 255.0f))
                    << value;
            }
        }
    }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

TEST_P(SteppedIntegers, LooksUpAndAdds) {
    const Tensor x = randomBytes(DType::Int8, {3001}, 16);
    const Tensor table = randomBytes(DType::UInt8, {256}, 17);
    Tensor y = m_device->allocate(DType::UInt8, {3001});
    m_device->lookUp(m_device->fromHost(x), table, y);
    const Tensor got = m_device->toHost(y);
    for (size_t i = 0; i < 3001; ++i)
        ASSERT_EQ(got.bytes()[i], table.bytes()[static_cast<size_t>(x.bytes()[i])]);
    for (const DType type : {DType::Int8, DType::UInt8}) {
        const Tensor a = randomBytes(type, {5, 601}, 18);
        const Tensor b = randomBytes(type, {5, 601}, 19);
        const runtime::QuantizedSum form{0.7f, 1.3f, 3.25f};
        Tensor sum = m_device->allocate(type, a.shape());
        m_device->addQuantized(form, m_device->fromHost(a), m_device->fromHost(b), sum);
        const Tensor sums = m_device->toHost(sum);
        const float low = type == DType::Int8 ? -128 : 0;
        for (int64_t i = 0; i < a.elementCount(); ++i) {
            const float value = (static_cast<float>(byteAt(a, i)) * 0.7f + 3.25f) +
                                static_cast<float>(byteAt(b, i)) * 1.3f;
            ASSERT_EQ(static_cast<float>(byteAt(sums, i)),
                      std::clamp(std::nearbyint(value), low, low + 255));
        }
    }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

}  // namespace
}  // namespace clipscope::gpu
