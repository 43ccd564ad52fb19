// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/curves.h"

#include <gtest/gtest.h>

#include "tests/npy_oracle.h"

namespace clipscope::quantization {
namespace {

Density densityOf(const std::vector<float>& samples) {
    histogram::Histogram histogram;
    histogram.add(samples);
    return Density(histogram);
}

TEST(ErrorCurve, IsTheErrorOfEachThreshold) {
    const std::vector<float> samples = oracle::samples("gaussian");
    const Density density = densityOf(samples);
    const ErrorCurve curve = symmetricErrorCurve(density, 64);
    ASSERT_EQ(curve.threshold.size(), 65u);
    EXPECT_NEAR(curve.threshold[0], 0.5 * density.amax() / 64, 1e-12);
    EXPECT_EQ(curve.threshold[64], density.amax());
    for (const size_t i : {5, 31, 50, 64}) {
        const QuantizationError want =
            evaluateSamples(samples, symmetricQuantizer(curve.threshold[i]));
        EXPECT_NEAR(curve.error[i].total(), want.totalMse(), 1e-3 * want.totalMse()) << i;
        EXPECT_NEAR(curve.error[i].clipMse, want.clipMse, 1e-3 * want.totalMse()) << i;
    }
    for (const ErrorParts& parts : curve.error)
        EXPECT_GE(parts.total(), curve.error[static_cast<size_t>(curve.least)].total());
}

TEST(ErrorCurve, AffineMovesOneEndWithTheOtherFixed) {
    const std::vector<float> samples = oracle::samples("leaky_relu");
    const Density density = densityOf(samples);
    const ErrorCurve curve = affineErrorCurve(density, density.min(), density.max(), 16);
    ASSERT_EQ(curve.threshold.size(), 32u);
    EXPECT_NEAR(curve.threshold.front(), density.min(), 1e-12);
    EXPECT_NEAR(curve.threshold.back(), density.max(), 1e-12);
    for (const size_t i : {4, 12, 20, 30}) {
        const double at = curve.threshold[i];
        const Quantizer quantizer =
            at < 0 ? affineQuantizer(at, density.max()) : affineQuantizer(density.min(), at);
        const QuantizationError want = evaluateSamples(samples, quantizer);
        EXPECT_NEAR(curve.error[i].total(), want.totalMse(), 2e-3 * want.totalMse()) << at;
    }
}

TEST(ErrorCurve, OneSidedAndEmptyDataHaveNoOtherSide) {
    const ErrorCurve positive =
        affineErrorCurve(densityOf(oracle::samples("relu_half_gaussian")), 0, 4, 8);
    EXPECT_EQ(positive.threshold.size(), 8u);
    EXPECT_GT(positive.threshold.front(), 0);
    EXPECT_TRUE(symmetricErrorCurve(Density()).threshold.empty());
    EXPECT_EQ(symmetricErrorCurve(Density()).least, -1);
}

}  // namespace
}  // namespace clipscope::quantization
