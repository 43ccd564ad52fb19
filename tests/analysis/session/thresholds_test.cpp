// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/thresholds.h"

#include <cmath>

#include <gtest/gtest.h>

#include "analysis/session/export.h"
#include "analysis/session/rows.h"
#include "tests/analysis/session/sessions.h"
#include "tests/expect_error.h"

namespace clipscope::session {
namespace {

const threshold::Method& minmax() {
    return threshold::findMethod("minmax");
}

float amaxOf(const Session& session, size_t tensor) {
    return session.tensors[tensor].statistics.histogram.amax();
}

TEST(Thresholds, AGroupOfSeveralSourcesTakesTheMethodOnTheirMergedHistogram) {
    Session session = smallSession();
    computeThresholds(session, minmax(), {}, true);
    const float merged = std::max(amaxOf(session, 0), amaxOf(session, 1));
    for (const size_t member : {0, 1, 2})
        EXPECT_EQ(session.tensors[member].current.scale, merged / 127.0f);
    EXPECT_EQ(session.tensors[3].current.scale, amaxOf(session, 3) / 127.0f);
    EXPECT_NE(session.tensors[3].current.scale, session.tensors[0].current.scale);
}

TEST(Thresholds, AGroupOfOneSourceTakesThatOfItsSource) {
    Session session = smallSession();
    session.groups[0].sources = {1};
    computeThresholds(session, minmax(), {}, true);
    for (const size_t member : {0, 1, 2})
        EXPECT_EQ(session.tensors[member].current.scale, amaxOf(session, 1) / 127.0f);
}

TEST(Thresholds, WithoutGroupsEachTensorHasItsOwn) {
    Session session = smallSession();
    computeThresholds(session, minmax(), {}, false);
    for (const size_t i : {0, 1, 2, 3})
        EXPECT_EQ(session.tensors[i].current.scale, amaxOf(session, i) / 127.0f);
}

TEST(Thresholds, EditsSurviveANewMethodAndResetTakesTheNewOne) {
    Session session = smallSession();
    computeThresholds(session, minmax(), {}, true);
    applyEdit(session, 3, symmetricSetting(0.5, "manual"), false);
    computeThresholds(session, threshold::findMethod("percentile"), {}, true);
    EXPECT_EQ(session.tensors[3].current.scale, 0.5f / 127);
    EXPECT_EQ(session.tensors[3].original.method, "percentile");
    EXPECT_TRUE(session.tensors[3].isEdited());
    resetEdit(session, 3, false);
    EXPECT_FALSE(session.tensors[3].isEdited());
    EXPECT_EQ(session.tensors[3].current.method, "percentile");
}

TEST(Thresholds, SplittingAGroupIsSaidOnceAndNamesTheOthers) {
    Session session = smallSession();
    computeThresholds(session, minmax(), {}, true);
    const std::vector<std::string> notes =
        applyEdit(session, 0, symmetricSetting(1, "manual"), false);
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_NE(notes[0].find("b, c"), std::string::npos) << notes[0];
    EXPECT_TRUE(applyEdit(session, 0, symmetricSetting(1, "manual"), true).empty());
    EXPECT_EQ(session.tensors[2].current.scale, 1.0f / 127);
    EXPECT_TRUE(applyEdit(session, 3, symmetricSetting(1, "manual"), false).empty());
}

TEST(Settings, RefuseWhatHasNoScale) {
    for (const double threshold : {0.0, -1.0, double(NAN), double(INFINITY), 1e-40})
        EXPECT_THROW(symmetricSetting(threshold, "manual"), Error) << threshold;
    EXPECT_THROW(affineSetting(1, 1, "manual"), Error);
    EXPECT_THROW(affineSetting(2, 1, "manual"), Error);
    EXPECT_THROW(scaleSetting(-0.0f, "manual"), Error);
    EXPECT_THROW(scaleSetting(3e38f, "manual"), Error);
    EXPECT_EQ(symmetricSetting(127, "manual").scale, 1.0f);
    EXPECT_EQ(symmetricSetting(127, "manual").threshold(), 127.0f);
}

TEST(Settings, AnAffineRangeIsExtendedToHoldZero) {
    const Setting positive = affineSetting(4, 6, "manual");
    EXPECT_EQ(positive.lo, 0);
    EXPECT_FLOAT_EQ(positive.scale, 6.0f / 255);
    EXPECT_EQ(positive.zeroPoint, -128);
    const Setting negative = affineSetting(-6, -4, "manual");
    EXPECT_EQ(negative.hi, 0);
    EXPECT_EQ(negative.zeroPoint, 127);
}

TEST(Session, NamesTheNearestTensors) {
    const Session session = smallSession();
    EXPECT_EQ(session.indexOf("d"), 3u);
    expectError([&] { session.indexOf("index"); }, {"'index'", "int64"});
    expectError([&] { session.indexOf("zzz"); }, {"'zzz'"});
}

TEST(Rows, CarryReasonsInsteadOfStatisticsForTensorsWithoutAScale) {
    Session session = smallSession();
    computeThresholds(session, minmax(), {}, true);
    const formats::TensorRow index = makeRow(session, 4);
    EXPECT_FALSE(index.hasStatistics);
    EXPECT_FALSE(index.inCache);
    EXPECT_EQ(index.reason, "it is int64, which is not quantized");
    const formats::TensorRow b = makeRow(session, 1);
    EXPECT_EQ(b.group, "a");
    EXPECT_EQ(b.amaxSample, "x.npy#1");
    EXPECT_EQ(b.count, 20000u);
    EXPECT_FALSE(makeRow(session, 1, RowDetail::Settings).sqnrDb);
    EXPECT_TRUE(b.sqnrDb);
}

TEST(Export, TheHeaderIsTheGivenOneElseTheSessionsElseTheMethods) {
    Session session = smallSession();
    session.method = "minmax";
    EXPECT_EQ(headerFor(session, {}), "TRT-8601-MinMaxCalibration");
    session.method = "mse";
    EXPECT_EQ(headerFor(session, {}), "TRT-8601-EntropyCalibration2");
    session.header = "TRT-7000-EntropyCalibration";
    EXPECT_EQ(headerFor(session, {}), "TRT-7000-EntropyCalibration");
    EXPECT_EQ(headerFor(session, {.header = "TRT-1-X"}), "TRT-1-X");
}

}  // namespace
}  // namespace clipscope::session
