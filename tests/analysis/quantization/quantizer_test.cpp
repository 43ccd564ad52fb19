// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/quantizer.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "tests/npy_oracle.h"

namespace clipscope::quantization {
namespace {

constexpr CodeRange kUint8{0, 255};

TEST(Quantizer, SymmetricByHand) {
    const Quantizer q = symmetricQuantizer(127);
    EXPECT_EQ(q.scale, 1.0f);
    EXPECT_EQ(q.highest(), 127.0);
    EXPECT_EQ(q.lowest(), -128.0);
    EXPECT_EQ(symmetricQuantizer(127, kInt8Narrow).lowest(), -127.0);
    EXPECT_EQ(symmetricQuantizer(7, {-8, 7}).scale, 1.0f);
    const float infinity = std::numeric_limits<float>::infinity();
    const std::vector<std::pair<float, int>> cases{
        {0.5f, 0},     {1.5f, 2},     {2.5f, 2},       {-0.5f, 0},     {-1.5f, -2},    {-0.0f, 0},
        {126.5f, 126}, {127.5f, 127}, {-128.5f, -128}, {-3e38f, -128}, {infinity, 127}};
    for (const auto& [x, code] : cases)
        EXPECT_EQ(q.code(x), code) << x;
}

TEST(Quantizer, AffineByHand) {
    const Quantizer relu = affineQuantizer(0, 255);
    EXPECT_EQ(relu.scale, 1.0f);
    EXPECT_EQ(relu.zeroPoint, -128);
    EXPECT_EQ(relu.code(0), -128);
    EXPECT_EQ(relu.dequantize(127), 255.0);
    const Quantizer shifted = affineQuantizer(4, 6, kUint8);  // 0 is taken in
    EXPECT_EQ(shifted.scale, 6.0f / 255);
    EXPECT_EQ(shifted.zeroPoint, 0);
    EXPECT_EQ(affineQuantizer(-6, -4, kUint8).zeroPoint, 255);
    EXPECT_EQ(affineQuantizer(-51, 204, kUint8).zeroPoint, 51);
    // -lo / s is 127.5, a tie that goes to the even 128.
    EXPECT_EQ(affineQuantizer(-1.3, 1.3, kUint8).zeroPoint, 128);
    EXPECT_EQ(affineQuantizer(0, 0).scale, 1.0f);
}

TEST(Quantizer, FreeAffineByHand) {
    const Quantizer q = freeAffineQuantizer(4, 6);
    EXPECT_EQ(q.scale, static_cast<float>(2.0 / 255));
    EXPECT_EQ(q.code(4), -128);
    EXPECT_EQ(q.code(6), 127);
    EXPECT_NEAR(q.lowest(), 4, 1e-12);
    EXPECT_NEAR(q.highest(), 6, 1e-6);
    const Quantizer constant = freeAffineQuantizer(4.3, 4.3);
    EXPECT_NEAR(constant.dequantize(constant.code(4.3f)), 4.3, 1e-7);
}

TEST(Quantizer, NeverHasAZeroOrInfiniteScale) {
    EXPECT_GT(symmetricQuantizer(1e-45).scale, 0.0f);
    EXPECT_GT(affineQuantizer(-1e-45, 1e-45).scale, 0.0f);
    EXPECT_GT(freeAffineQuantizer(1e-320, 2e-320).scale, 0.0f);
    EXPECT_TRUE(std::isfinite(symmetricQuantizer(1e300).scale));
    EXPECT_EQ(symmetricQuantizer(1e-45).code(1), 127);  // x / s overflows
}

TEST(Quantizer, RefusesRangesThatAreNone) {
    const double nan = std::nan("");
    EXPECT_THROW(symmetricQuantizer(0), Error);
    EXPECT_THROW(symmetricQuantizer(-1), Error);
    EXPECT_THROW(symmetricQuantizer(nan), Error);
    EXPECT_THROW(freeAffineQuantizer(2, 1), Error);
    EXPECT_THROW(affineQuantizer(nan, 1), Error);
    EXPECT_THROW(freeAffineQuantizer(0, HUGE_VAL), Error);
}

CodeRange codesOf(const nlohmann::json& row) {
    return row.at("type") == "uint8" ? kUint8 : kInt8;
}

TEST(Quantizer, MakesTheAffineScalesOfTheOracle) {
    const nlohmann::json cases = oracle::histogramJson("expected_bruteforce_affine.json");
    for (const auto& [name, entry] : cases.items())
        for (const auto& row : entry.at("rows")) {
            if (row.contains("degenerate"))  // lo == hi == 0
                continue;
            const Quantizer q =
                affineQuantizer(row.at("lo_requested"), row.at("hi_requested"), codesOf(row));
            EXPECT_EQ(q.scale, static_cast<float>(row.at("scale").get<double>())) << name << row;
            EXPECT_EQ(q.zeroPoint, row.at("zero_point").get<int>()) << name << row;
        }
}

// ONNX Runtime's QuantizeLinear answered a float32 division rounded half to even for every
// element (q_differs_from_f32_division is 0); its error follows from our codes.
TEST(Quantizer, QuantizesAsOnnxRuntime) {
    const nlohmann::json cases = oracle::histogramJson("expected_ort_qdq.json");
    for (const auto& [name, rows] : cases.items()) {
        const std::vector<float> values = oracle::samples(name);
        for (const auto& row : rows) {
            ASSERT_EQ(row.at("q_differs_from_f32_division"), 0);
            const Quantizer q{static_cast<float>(row.at("scale_f32").get<double>()),
                              row.at("zero_point").get<int>(), 0, codesOf(row)};
            double squares = 0;
            for (const float x : values) {
                // The runtime dequantizes in float32.
                const auto back = static_cast<float>(q.dequantize(q.code(x)));
                const double error = static_cast<double>(x) - static_cast<double>(back);
                squares += error * error;
                const float steps = std::nearbyintf(x / q.scale) + static_cast<float>(q.zeroPoint);
                ASSERT_EQ(q.code(x), std::min(std::max(static_cast<double>(steps),
                                                       static_cast<double>(q.codes.min)),
                                              static_cast<double>(q.codes.max)))
                    << name << " " << x;
            }
            const double expected = row.at("ort_mse").get<double>();
            EXPECT_NEAR(squares / static_cast<double>(values.size()), expected, 1e-6 * expected)
                << name << row;
        }
    }
}

}  // namespace
}  // namespace clipscope::quantization
