// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/live.h"

#include <numeric>

#include <gtest/gtest.h>

#include "analysis/data/npy.h"
#include "analysis/session/calibration.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::session {
namespace {

/// y = Relu(x), four samples of three values: the second holds the largest.
class Live : public testing::Test {
protected:
    Live() {
        const std::vector<float> values = {1, -2, 3, 9, 8, -7, 4, 5, 6, 0, 0, 0};
        data::writeNpy(m_folder / "x.npy", Tensor::of<float>({4, 3}, values));
        ModelBuilder model;
        model.input("x", {-1, 3});
        model.node("Relu", {"x"}, {"y"});
        model.output("y");
        m_request = {.model = model.save(m_folder / "m.onnx"), .method = "minmax"};
        m_request.samples.data = {m_folder / "x.npy"};
    }
    std::vector<std::shared_ptr<const LiveSnapshot>> run() {
        std::vector<std::shared_ptr<const LiveSnapshot>> seen;
        calibrate(m_request, {}, {}, [&](auto snapshot) { seen.push_back(snapshot); });
        return seen;
    }

    TemporaryFolder m_folder;
    CalibrationRequest m_request;
};

TEST_F(Live, TheLastSnapshotIsTheWholeRun) {
    const auto seen = run();
    ASSERT_GE(seen.size(), 2u);  // the first batch, the last one
    EXPECT_EQ(seen.front()->done, 1);
    const LiveSnapshot& last = *seen.back();
    EXPECT_EQ(last.done, 4);
    EXPECT_EQ(last.total, 4);
    ASSERT_EQ(last.tensors.size(), 2u);
    EXPECT_EQ((*last.names)[0].tensor, "x");
    EXPECT_EQ((*last.names)[1].op, "Relu");
    EXPECT_EQ(last.tensors[0].amax, 9.0f);
    EXPECT_EQ(last.tensors[1].amax, 9.0f);
    EXPECT_EQ(last.tensors[0].raisedBy, 2);
    const auto& counts = last.tensors[0].bins.counts;
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), uint64_t{0}), 12u);
}

TEST_F(Live, OnlyItsShardCounts) {
    m_request.samples.shardCount = 2;
    m_request.samples.shardIndex = 1;
    const auto seen = run();
    EXPECT_EQ(seen.back()->done, 2);
    EXPECT_EQ(seen.back()->total, 2);
    EXPECT_EQ(seen.back()->tensors[0].amax, 6.0f);
}

}  // namespace
}  // namespace clipscope::session
