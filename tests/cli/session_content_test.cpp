// SPDX-License-Identifier: Apache-2.0
// What a session of the examples holds: histograms, curves, convergence, exact bins.
#include <cmath>
#include <fstream>
#include <map>

#include "analysis/base/atomic_file.h"
#include "analysis/data/npz.h"
#include "tests/cli/calibrated_examples.h"

namespace clipscope {
namespace {

class SessionContent : public CalibratedExamples {};

TEST_F(SessionContent, ContributionsSumToTheDivergence) {
    const json curve = parsed(clipscope({"curve", lenet(), "ip2", "--json"}));
    EXPECT_EQ(curve.at("kind"), "kl");
    const int chosen = curve.at("chosen");
    const json detail = parsed(
        clipscope({"curve", lenet(), "ip2", "--at", std::to_string(128 + chosen), "--json"}));
    double sum = 0;
    double p = 0;
    double q = 0;
    for (size_t i = 0; i < detail.at("p").size(); ++i) {
        p += detail.at("p")[i].get<double>();
        q += detail.at("q")[i].get<double>();
        sum += detail.at("contribution")[i].get<double>();
    }
    EXPECT_NEAR(p, 1, 1e-9);
    EXPECT_NEAR(q, 1, 1e-9);
    const double divergence = detail.at("divergence");
    EXPECT_NEAR(sum, divergence, 1e-12 + 1e-9 * divergence);
    EXPECT_NEAR(divergence, curve.at("value")[static_cast<size_t>(chosen)].get<double>(),
                1e-12 + 1e-9 * divergence);
    EXPECT_NEAR(detail.at("threshold").get<double>(),
                curve.at("threshold")[static_cast<size_t>(chosen)].get<double>(), 1e-9);
}

TEST_F(SessionContent, ErrorCurvesAddUp) {
    std::map<std::string, json> curves;
    for (const char* kind : {"mse", "clip", "round"})
        curves[kind] = parsed(clipscope({"curve", lenet(), "conv2", "--kind", kind, "--json"}));
    const size_t n = curves["mse"].at("value").size();
    EXPECT_EQ(n, 2049u);
    for (size_t i = 0; i < n; i += 100)
        EXPECT_NEAR(curves["mse"].at("value")[i].get<double>(),
                    curves["clip"].at("value")[i].get<double>() +
                        curves["round"].at("value")[i].get<double>(),
                    1e-12);
    const json affine =
        parsed(clipscope({"curve", lenet(), "conv2", "--kind", "mse", "--affine", "--json"}));
    EXPECT_LT(affine.at("threshold").front().get<double>(), 0);
    EXPECT_GT(affine.at("threshold").back().get<double>(), 0);
}

TEST_F(SessionContent, HistogramsHoldEveryValue) {
    const json listing = parsed(clipscope({"inspect", lenet(), "--json"}));
    const json tensor = tensorOf(listing, "conv1");
    for (const auto& extra : {std::vector<std::string>{}, std::vector<std::string>{"--signed"}}) {
        std::vector<std::string> arguments{"inspect",     lenet(), "--tensor", "conv1",
                                           "--histogram", "100",   "--json"};
        arguments.insert(arguments.end(), extra.begin(), extra.end());
        const json histogram = parsed(clipscope(arguments));
        ASSERT_EQ(histogram.at("edges").size(), 101u);
        uint64_t total = 0;
        for (const json& count : histogram.at("counts"))
            total += count.get<uint64_t>();
        EXPECT_EQ(total, tensor.at("count").get<uint64_t>());
    }
    const json signedOne = parsed(clipscope(
        {"inspect", lenet(), "--tensor", "conv1", "--histogram", "10", "--signed", "--json"}));
    EXPECT_FLOAT_EQ(signedOne.at("edges").front().get<float>(), tensor.at("min").get<float>());
    EXPECT_FLOAT_EQ(signedOne.at("edges").back().get<float>(), tensor.at("max").get<float>());
}

TEST_F(SessionContent, ConvergenceEndsAtAmaxAndNamesTheSample) {
    const json tensor = tensorOf(parsed(clipscope({"inspect", lenet(), "--json"})), "ip2");
    const json rows =
        parsed(clipscope({"inspect", lenet(), "--tensor", "ip2", "--convergence", "--json"}))
            .at("convergence");
    ASSERT_EQ(rows.size(), 360u);
    EXPECT_EQ(rows.back().at("amax_so_far"), tensor.at("amax"));
    bool named = false;
    for (const json& row : rows)
        if (row.at("sample") == tensor.at("amax_sample")) {
            named = true;
            EXPECT_EQ(row.at("amax"), tensor.at("amax"));
        }
    EXPECT_TRUE(named) << tensor.at("amax_sample");
}

TEST_F(SessionContent, TwoPassKeepsExactBins) {
    ASSERT_EQ(clipscope({"calibrate", kExamples + "/lenet.onnx", "--data", kDigits, "--limit", "20",
                         "--two-pass", "--session", file("two.clipscope")})
                  .status,
              0);
    const json histogram = parsed(clipscope(
        {"inspect", file("two.clipscope"), "--tensor", "data", "--histogram", "2048", "--json"}));
    // Pixels are k / 255 with k = 0..255: in 2,048 bins over [0, 1] at most 256 are filled, the
    // bin of k / 255 being floor(2048 k / 255).
    uint64_t total = 0;
    for (size_t i = 0; i < 2048; ++i) {
        const uint64_t count = histogram.at("counts")[i];
        total += count;
        bool reachable = false;
        for (int k = 0; k <= 255; ++k)
            reachable = reachable || std::min(2047, 2048 * k / 255) == static_cast<int>(i);
        EXPECT_TRUE(reachable || count == 0) << i;
    }
    EXPECT_EQ(total, 20u * 28 * 28);
}

TEST_F(SessionContent, TheSessionIsAZipOfArrays) {
    const data::NpzReader zip(lenet());
    bool found = false;
    for (const std::string& name : zip.names())
        if (name == "histograms/000001") {
            found = true;
            const Tensor bins = zip.read(name);
            EXPECT_EQ(bins.type(), DType::UInt64);
            ASSERT_EQ(bins.rank(), 2u);
            EXPECT_EQ(bins.shape()[1], 2);
            const json tensor =
                tensorOf(parsed(clipscope({"inspect", lenet(), "--json"})), "conv1");
            uint64_t total = tensor.at("zeros").get<uint64_t>();
            for (size_t i = 1; i < bins.values<uint64_t>().size(); i += 2)
                total += bins.values<uint64_t>()[i];
            EXPECT_EQ(total, tensor.at("count").get<uint64_t>());
        }
    EXPECT_TRUE(found);
}

}  // namespace
}  // namespace clipscope
