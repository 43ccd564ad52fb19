// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/tensor_figures.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/analysis/session/sessions.h"

namespace clipscope::session {
namespace {

using graph::CoverageClass;
using graph::TensorRtUse;

histogram::Histogram histogramOf(const std::vector<float>& values) {
    histogram::Histogram histogram;
    histogram.add(values);
    return histogram;
}

/// `count` tensors of one kind.
void add(Session& session, int count, CoverageClass kind, TensorRtUse use = TensorRtUse::Uses) {
    for (int i = 0; i < count; ++i) {
        TensorEntry tensor;
        tensor.coverage = kind;
        tensor.tensorRt = use;
        session.tensors.push_back(tensor);
    }
}

TEST(TensorFigures, AreThoseOfHandComputation) {
    // Scale 1 keeps 0, 10 and -20 exactly; 137 clips at 127: error 10, squared 100.
    const quantization::Density density(std::vector<quantization::Density::Piece>{
        {-20, -20, 1}, {0, 0, 1}, {10, 10, 1}, {137, 137, 1}});
    const TensorFigures figures = tensorFigures(density, scaleSetting(1, "manual"));
    EXPECT_NEAR(*figures.sqnrDb, 10 * std::log10((400.0 + 100 + 137.0 * 137) / 100), 1e-9);
    EXPECT_DOUBLE_EQ(*figures.clipPercent, 25);
    EXPECT_NEAR(*figures.bitsLost, std::log2(256.0 / (127 + 20 + 1)), 1e-12);
}

TEST(TensorFigures, AreAbsentWithoutSignalOrSetting) {
    const quantization::Density zeros(histogramOf({0, 0}));
    EXPECT_FALSE(tensorFigures(zeros, scaleSetting(1, "m")).sqnrDb.has_value());
    EXPECT_FALSE(tensorFigures(quantization::Density(), scaleSetting(1, "m")).clipPercent);
    EXPECT_FALSE(tensorFigures(quantization::Density(histogramOf({1})), Setting()).clipPercent);
}

TEST(Sparkline, ShowsEachValueWhereItLies) {
    const Sparkline line = sparkline(quantization::Density(histogramOf({-1, 3, 3, 3})), 64);
    ASSERT_GE(line.heights.size(), 16u);
    EXPECT_LE(line.heights.size(), 65u);
    EXPECT_LT(line.lo, -1);
    EXPECT_GT(line.hi, 3);
    auto heightAt = [&](double value) {
        const double bar = (line.position(value) - double{line.first}) / double{line.step};
        return line.heights.at(static_cast<size_t>(std::floor(bar + 1e-9)));
    };
    EXPECT_FLOAT_EQ(heightAt(3), 1.0f);
    EXPECT_NEAR(heightAt(-1), std::log(2) / std::log(4), 1e-6) << "log1p(1) / log1p(3)";
    EXPECT_EQ(heightAt(1), 0.0f);
}

TEST(Sparkline, OfZerosHasNoBars) {
    EXPECT_TRUE(sparkline(quantization::Density(histogramOf({0}))).heights.empty());
}

TEST(StillGrowing, WhereTheLastSampleSetANewAmax) {
    const Session session = smallSession();
    TensorEntry tensor = session.tensors[0];
    tensor.statistics.sampleAmax = {{0, 1.0f}, {1, 2.0f}};
    EXPECT_TRUE(isStillGrowing(session, tensor));
    tensor.statistics.sampleAmax = {{0, 2.0f}, {1, 2.0f}};
    EXPECT_FALSE(isStillGrowing(session, tensor));
    tensor.statistics.sampleAmax.clear();
    EXPECT_FALSE(isStillGrowing(session, tensor));
}

TEST(ScaleSummary, CountsWhatGetsNoneByItsReason) {
    Session session;
    add(session, 9, CoverageClass::Activation);
    add(session, 3, CoverageClass::ShapeComputation);
    add(session, 1, CoverageClass::Activation, TensorRtUse::FusedAway);
    add(session, 1, CoverageClass::Integer);
    EXPECT_EQ(scaleSummary(session), "9 of 14 tensors get a scale: 1 fused, 3 shape, 1 integer");
    session.tensors[0].current.keepFloat = true;
    add(session, 1, CoverageClass::Activation, TensorRtUse::StaysFloat);
    EXPECT_EQ(scaleSummary(session),
              "8 of 15 tensors get a scale: 1 fused, 2 float, 3 shape, 1 integer");
    session.tensors[1].fileState = RangeFileState::Extra;
    EXPECT_EQ(scaleSummary(session),
              "7 of 14 tensors get a scale: 1 fused, 2 float, 3 shape, 1 integer");
    EXPECT_EQ(scaleSummary(Session()), "0 of 0 tensors get a scale");
}

}  // namespace
}  // namespace clipscope::session
