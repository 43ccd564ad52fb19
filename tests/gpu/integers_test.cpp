// SPDX-License-Identifier: Apache-2.0
// Products of 8-bit integers and what becomes of their sums, stepped in every order and held
// against sums made element by element.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "analysis/runtime/functors/quantize.h"
#include "analysis/runtime/integer_sums.h"
#include "tests/gpu/failing_backend.h"
#include "tests/gpu/stepped_test.h"

namespace clipscope::gpu {
namespace {

using runtime::IntegerOperand;
using runtime::IntegerSums;

Tensor randomBytes(DType type, const Shape& shape, unsigned seed) {
    Tensor tensor(type, shape);
    std::mt19937 random(seed);
    for (size_t i = 0; i < tensor.byteSize(); ++i)  // the ends of the range often
        tensor.mutableBytes()[i] = static_cast<std::byte>(
            random() % 4 == 0 ? (random() % 2 == 0 ? 0x80 : 0x7f) : random());
    return tensor;
}

int64_t byteAt(const Tensor& tensor, int64_t i) {
    const auto byte = static_cast<uint8_t>(tensor.bytes()[i]);
    return tensor.type() == DType::Int8 ? static_cast<int8_t>(byte) : byte;
}

int64_t zeroAt(const Tensor& zero, int64_t i) {
    if (!zero.isDefined())
        return 0;
    return byteAt(zero, zero.elementCount() == 1 ? 0 : i);
}

class SteppedIntegers : public SteppedTest {
protected:
    /// In the device's memory, also where it is small.
    Tensor sent(const Tensor& tensor) {
        m_device->setFew(0);
        const Tensor there = m_device->fromHost(tensor);
        m_device->setFew(1024);
        return there;
    }
};

INSTANTIATE_TEST_SUITE_P(All, SteppedIntegers, everySteppingOrder());

struct ProductCase {
    int64_t rows, columns, inner;
    DType a, b;
    int64_t aZeros, bZeros;  ///< 0: none
    bool transposeA = false, transposeB = false;
};

class SteppedProducts : public SteppedIntegers {
protected:
    void expectProduct(const ProductCase& form, bool zerosThere) {
        const Shape left =
            form.transposeA ? Shape{form.inner, form.rows} : Shape{form.rows, form.inner};
        const Shape right =
            form.transposeB ? Shape{form.columns, form.inner} : Shape{form.inner, form.columns};
        const Tensor a = randomBytes(form.a, left, 1);
        const Tensor b = randomBytes(form.b, right, 2);
        const Tensor aZero = form.aZeros ? randomBytes(form.a, {form.aZeros}, 3) : Tensor();
        const Tensor bZero = form.bZeros ? randomBytes(form.b, {form.bZeros}, 4) : Tensor();
        const auto placed = [&](const Tensor& zero) {
            return zero.isDefined() && zerosThere ? sent(zero) : zero;
        };
        const Tensor aThere = placed(aZero);
        const Tensor bThere = placed(bZero);
        runtime::NodeState state;
        const IntegerSums sums = m_device->multiplyIntegers(
            {.transposeA = form.transposeA, .transposeB = form.transposeB},
            {sent(a), form.aZeros ? &aThere : nullptr}, {sent(b), form.bZeros ? &bThere : nullptr},
            {form.rows, form.columns}, state);
        EXPECT_FALSE(sums.offsets.isDefined());
        const Tensor got = m_device->toHost(sums.values);
        for (int64_t r = 0; r < form.rows; ++r)
            for (int64_t c = 0; c < form.columns; ++c) {
                int64_t wanted = 0;
                for (int64_t k = 0; k < form.inner; ++k)
                    wanted +=
                        (byteAt(a, form.transposeA ? k * form.rows + r : r * form.inner + k) -
                         zeroAt(aZero, r)) *
                        (byteAt(b, form.transposeB ? c * form.inner + k : k * form.columns + c) -
                         zeroAt(bZero, c));
                ASSERT_EQ(got.values<int32_t>()[static_cast<size_t>(r * form.columns + c)], wanted)
                    << r << ", " << c;
            }
        EXPECT_EQ(m_device->hostWork().calls, 0);
    }
};

INSTANTIATE_TEST_SUITE_P(All, SteppedProducts, everySteppingOrder());

TEST_P(SteppedProducts, AreExact) {
    constexpr auto kS = DType::Int8;
    constexpr auto kU = DType::UInt8;
    const ProductCase cases[] = {{1, 1, 1, kU, kS, 1, 1},
                                 {13, 15, 127, kU, kS, 1, 0},
                                 {64, 64, 32, kS, kS, 0, 0},
                                 {65, 129, 33, kU, kU, 1, 1},
                                 {63, 65, 31, kS, kU, 1, 65},
                                 {70, 5, 97, kU, kS, 70, 1},
                                 {67, 66, 40, kU, kU, 67, 66, true, false},
                                 {5, 131, 64, kS, kS, 1, 131, false, true},
                                 {33, 35, 300, kU, kU, 1, 1, true, true},
                                 // More tiles than the 48 blocks: some take a second one.
                                 {400, 500, 40, kU, kS, 1, 500},
                                 {3, 4, 0, kU, kS, 1, 1}};
    for (const ProductCase& form : cases)
        for (const bool zerosThere : {false, true}) {
            SCOPED_TRACE(testing::Message() << form.rows << " x " << form.columns << " x "
                                            << form.inner << ' ' << zerosThere);
            expectProduct(form, zerosThere);
        }
}

TEST_P(SteppedProducts, OfNothingAreNothing) {
    expectProduct({0, 5, 3, DType::UInt8, DType::Int8, 1, 0}, false);
    expectProduct({5, 0, 3, DType::UInt8, DType::Int8, 1, 0}, false);
}

/// As int32 wraps: 255 * 127 * 70000 is more than it holds.
TEST_P(SteppedProducts, Wrap) {
    const int64_t inner = 70000;
    Tensor a(DType::UInt8, {1, inner});
    Tensor b(DType::Int8, {inner, 1});
    std::memset(a.mutableBytes(), 255, a.byteSize());
    std::memset(b.mutableBytes(), 127, b.byteSize());
    runtime::NodeState state;
    const IntegerSums sums = m_device->multiplyIntegers({}, {sent(a)}, {sent(b)}, {1, 1}, state);
    const auto wanted = static_cast<int32_t>(static_cast<uint32_t>(255 * 127 * inner));
    EXPECT_EQ(m_device->toHost(sums.values).values<int32_t>()[0], wanted);
}

TEST_P(SteppedProducts, OfMatricesThatBroadcast) {
    const Tensor a = randomBytes(DType::UInt8, {2, 1, 7, 19}, 5);
    for (const Shape& right : {Shape{3, 19, 11}, Shape{1, 19, 11}, Shape{2, 3, 19, 11}}) {
        const Tensor b = randomBytes(DType::Int8, right, 6);
        const Tensor zeros = randomBytes(DType::UInt8, {7}, 7);
        const bool isOne = right[0] == 1;
        const Shape shape{2, isOne ? 1 : 3, 7, 11};
        runtime::NodeState state;
        const IntegerSums sums =
            m_device->multiplyIntegers({}, {sent(a), &zeros}, {sent(b)}, shape, state);
        const Tensor got = m_device->toHost(sums.values);
        const int64_t second = shape[1];
        for (int64_t i = 0; i < shape.elementCount(); ++i) {
            const int64_t c = i % 11, r = i / 11 % 7, second_ = i / 77 % second,
                          n = i / 77 / second;
            const int64_t matrix = right.rank() == 4 ? n * 3 + second_ : second_;
            int64_t wanted = 0;
            for (int64_t k = 0; k < 19; ++k)
                wanted += (byteAt(a, (n * 7 + r) * 19 + k) - zeroAt(zeros, r)) *
                          byteAt(b, (matrix * 19 + k) * 11 + c);
            ASSERT_EQ(got.values<int32_t>()[static_cast<size_t>(i)], wanted) << i;
        }
    }
    EXPECT_EQ(m_device->hostWork().calls, 0);
}

/// Zero points of another type than the operand's, which the CPU takes.
TEST_P(SteppedProducts, OfMixedTypesAreLeftToTheCpu) {
    const Tensor a = randomBytes(DType::UInt8, {40, 40}, 8);
    const Tensor b = randomBytes(DType::Int8, {40, 40}, 9);
    const Tensor zero = Tensor::scalar(int8_t{-3});
    runtime::NodeState state;
    const IntegerSums sums =
        m_device->multiplyIntegers({}, {sent(a), &zero}, {sent(b)}, {40, 40}, state);
    const Tensor got = m_device->toHost(sums.values);
    for (int64_t i = 0; i < 1600; ++i) {
        int64_t wanted = 0;
        for (int64_t k = 0; k < 40; ++k)
            wanted += (byteAt(a, i / 40 * 40 + k) + 3) * byteAt(b, k * 40 + i % 40);
        ASSERT_EQ(got.values<int32_t>()[static_cast<size_t>(i)], wanted);
    }
    EXPECT_EQ(m_device->hostWork().calls, 1);
}

/// Small constants and their zero points are copied to the device once.
TEST(ConstantFactors, AreCopiedOnce) {
    const auto backend = std::make_shared<FailingBackend>();
    const auto device = makeSteppedDevice(backend);
    device->setFew(0);
    const Tensor a = device->fromHost(randomBytes(DType::UInt8, {5, 9}, 20));
    const Tensor images = device->fromHost(randomBytes(DType::UInt8, {1, 3, 6, 7}, 21));
    device->setFew(kFewIntegers);
    const Tensor b = randomBytes(DType::Int8, {9, 7}, 22);
    const Tensor bZeros = randomBytes(DType::Int8, {7}, 23);
    const Tensor filters = randomBytes(DType::Int8, {4, 3, 3, 3}, 24);
    const Tensor filterZeros = randomBytes(DType::Int8, {4}, 25);
    runtime::ConvolutionParameters parameters;
    parameters.strides = parameters.dilations = {1, 1};
    parameters.padsBegin = parameters.padsEnd = {0, 0};
    for (const bool isConstant : {true, false}) {
        runtime::NodeState product, convolution;
        std::vector<std::vector<int32_t>> results;
        for (int run = 0; run < 3; ++run) {
            const size_t before = backend->bytesToDevice();
            const Tensor products = device->toHost(
                device->multiplyIntegers({}, {a}, {b, &bZeros, isConstant}, {5, 7}, product)
                    .values);
            const Tensor sums = device->toHost(
                device
                    ->convolveIntegers(parameters, {images}, {filters, &filterZeros, isConstant},
                                       {1, 4, 4, 5}, convolution)
                    .values);
            const size_t all = b.byteSize() + 7 + filters.byteSize() + 4;
            EXPECT_EQ(backend->bytesToDevice() - before, isConstant && run > 0 ? 0 : all);
            auto& result = results.emplace_back();
            for (const Tensor& tensor : {products, sums})
                result.insert(result.end(), tensor.values<int32_t>().begin(),
                              tensor.values<int32_t>().end());
        }
        EXPECT_EQ(results[1], results[0]);
        EXPECT_EQ(results[2], results[0]);
    }
}

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
