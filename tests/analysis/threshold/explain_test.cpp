// SPDX-License-Identifier: Apache-2.0
#include "analysis/threshold/explain.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/analysis/threshold/cases.h"
#include "tests/expect_error.h"

namespace clipscope::threshold {
namespace {

TEST(Explain, IsTheCandidateOfTheCurve) {
    const auto statistics = statisticsOf(oracle::samples("gaussian"));
    const Distribution distribution(statistics);
    for (const char* id : {"entropy", "entropy-gtc", "entropy-trt"}) {
        const Method& method = findMethod(id);
        const Curve curve = compute(method, distribution).curve;
        for (const int i : {128, 777, 1500, 2048}) {
            const Explanation explained = explain(method, distribution, {}, i);
            const auto k = static_cast<size_t>(i - 128);
            EXPECT_EQ(explained.threshold, curve.threshold[k]) << id << " " << i;
            EXPECT_EQ(explained.levels, 128);
            ASSERT_EQ(explained.detail.p.size(), static_cast<size_t>(i));
            if (std::isfinite(curve.value[k]))
                EXPECT_NEAR(explained.detail.divergence, curve.value[k],
                            1e-12 + 1e-9 * curve.value[k]);
            else
                EXPECT_TRUE(std::isinf(explained.detail.divergence));
        }
    }
}

TEST(Explain, KnowsTheStride) {
    const auto statistics = statisticsOf(oracle::samples("gaussian"));
    const Distribution distribution(statistics);
    const Method& method = findMethod("entropy-trt");
    EXPECT_NO_THROW(explain(method, distribution, {{"stride", "8"}}, 136));
    expectError(
        [&] {
            explain(method, distribution, {{"stride", "8"}}, 137);
        },
        {"128 to 2048", "steps of 8", "137"});
    expectError([&] { explain(method, distribution, {}, 127); }, {"127"});
    expectError([&] { explain(method, distribution, {}, 2049); }, {"2049"});
    expectError([&] { explain(findMethod("mse"), distribution, {}, 500); }, {"'mse'"});
}

}  // namespace
}  // namespace clipscope::threshold
