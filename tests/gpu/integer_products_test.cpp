// SPDX-License-Identifier: Apache-2.0
// Products of matrices of 8-bit integers, stepped in every order and held against sums made element
// by element.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "analysis/runtime/integer_sums.h"
#include "tests/gpu/failing_backend.h"
#include "tests/gpu/stepped_integers.h"

namespace clipscope::gpu {
namespace {

using runtime::IntegerOperand;
using runtime::IntegerSums;

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

}  // namespace
}  // namespace clipscope::gpu
