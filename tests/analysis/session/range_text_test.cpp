// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/range_text.h"

#include <bit>

#include <gtest/gtest.h>

#include "tests/expect_error.h"

namespace clipscope::session {
namespace {

using enum RangeField;

/// The values -2, -1.99 ... 4: 601 of them.
histogram::TensorStatistics ramp() {
    histogram::TensorStatistics statistics;
    std::vector<float> values;
    for (int i = 0; i <= 600; ++i)
        values.push_back(static_cast<float>(i - 200) / 100);
    statistics.histogram.add(values);
    return statistics;
}

class RangeText : public testing::Test {
protected:
    Setting read(RangeField field, std::string_view text) const {
        return settingFromText(field, text, current, statistics);
    }
    /// The message for a text that is refused; "" where it was taken.
    std::string refused(RangeField field, std::string_view text) const {
        try {
            read(field, text);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Usage);
            return error.what();
        }
        return "";
    }

    histogram::TensorStatistics statistics = ramp();
    Setting current = symmetricSetting(3, "entropy");
    Setting affine = affineSetting(-1, 3, "minmax");
};

TEST_F(RangeText, ReadsNumbers) {
    EXPECT_EQ(read(Threshold, "3.5"), symmetricSetting(3.5, "manual"));
    EXPECT_EQ(read(Threshold, " +1e-3 "), symmetricSetting(1e-3, "manual"));
    EXPECT_EQ(read(Scale, "0.122992").scale, 0.122992f);
    // Another reader may know other ways to write a number.
    const auto comma = [](std::string_view text) -> std::optional<double> {
        return text == "3,5" ? std::optional(3.5) : std::nullopt;
    };
    EXPECT_EQ(settingFromText(Threshold, "3,5", current, statistics, comma).hi, 3.5);
}

TEST_F(RangeText, ReadsTheBitsOfAScale) {
    // 6 / 127 as TensorRT writes it.
    EXPECT_EQ(std::bit_cast<uint32_t>(read(Hex, "3d418306").scale), 0x3d418306u);
    EXPECT_EQ(std::bit_cast<uint32_t>(read(Hex, "0x3D418306").scale), 0x3d418306u);
    EXPECT_EQ(std::bit_cast<uint32_t>(read(Threshold, "3d418306").scale), 0x3d418306u);
    EXPECT_EQ(std::bit_cast<uint32_t>(read(Scale, "3d418306").scale), 0x3d418306u);
    EXPECT_EQ(read(Hex, "3d418306").threshold(), 127.0f * std::bit_cast<float>(0x3d418306u));
    // Eight decimal digits are a scale in hex, a number elsewhere.
    EXPECT_EQ(std::bit_cast<uint32_t>(read(Hex, "30000000").scale), 0x30000000u);
    EXPECT_EQ(read(Threshold, "30000000").hi, 3e7);
    for (const char* text : {"3d41830", "3d4183061", "0x3d41830", "3d41830g", "p99", "0.5", ""})
        EXPECT_NE(refused(Hex, text).find("eight hex digits"), std::string::npos) << text;
}

TEST_F(RangeText, ReadsPercentilesAndPartsOfAmax) {
    // |x| of the ramp: 0, twice 0.01 ... 2, then 2.01 ... 4 once. 95 % of 601 leaves 30 above.
    EXPECT_NEAR(read(Threshold, "p95").hi, 3.70, 0.02);
    EXPECT_EQ(read(Threshold, "p95 %"), read(Threshold, "P95"));
    EXPECT_EQ(read(Threshold, "p100").hi, 4);
    EXPECT_EQ(read(Threshold, "amax").hi, 4);
    EXPECT_DOUBLE_EQ(read(Threshold, "0.8*amax").hi, 3.2);
    EXPECT_DOUBLE_EQ(read(Threshold, "amax * 0.8").hi, 3.2);
    EXPECT_DOUBLE_EQ(read(Threshold, "amax/2").hi, 2);
    current = affine;
    EXPECT_EQ(read(Low, "min").lo, -2);
    EXPECT_DOUBLE_EQ(read(High, "0.5*max").hi, 2);
    // 2.5 % on either side: 15 values.
    EXPECT_NEAR(read(Low, "p95").lo, -1.85, 0.02);
    EXPECT_NEAR(read(High, "p95").hi, 3.85, 0.02);
}

TEST_F(RangeText, MovesOneEndOfAnAffineRange) {
    current = affine;
    EXPECT_EQ(read(Low, "-0.5"), affineSetting(-0.5, 3, "manual"));
    EXPECT_EQ(read(High, "2"), affineSetting(-1, 2, "manual"));
    EXPECT_EQ(read(Low, "0"), affineSetting(0, 3, "manual"));
    EXPECT_NE(refused(Low, "0.5").find("lo must not be above 0"), std::string::npos);
    EXPECT_NE(refused(High, "-0.5").find("hi must not be below 0"), std::string::npos);
    current = affineSetting(0, 3, "minmax");
    EXPECT_NE(refused(High, "0").find("both be 0"), std::string::npos);
}

TEST_F(RangeText, AScaleKeepsTheZeroPoint) {
    current = affine;
    const Setting read = this->read(Scale, "0.01");
    EXPECT_TRUE(read.isAffine);
    EXPECT_EQ(read.scale, 0.01f);
    EXPECT_EQ(read.zeroPoint, affine.zeroPoint);
    // -1 ... 3 in 255 steps of 4/255 puts 0 at code -64.
    EXPECT_EQ(read.zeroPoint, -64);
    EXPECT_DOUBLE_EQ(read.lo, static_cast<double>(0.01f) * -64);
    EXPECT_DOUBLE_EQ(read.hi, static_cast<double>(0.01f) * 191);
}

TEST_F(RangeText, RefusesWhatHasNoScale) {
    for (const char* text : {"0", "-3"})
        EXPECT_NE(refused(Threshold, text).find("above 0"), std::string::npos) << text;
    EXPECT_NE(refused(Scale, "0").find("above 0"), std::string::npos);
    EXPECT_NE(refused(Threshold, "1e-40").find("normal float32"), std::string::npos);
    EXPECT_NE(refused(Scale, "1e37").find("normal float32"), std::string::npos);
    EXPECT_NE(refused(Hex, "00000000").find("above 0"), std::string::npos);
    EXPECT_NE(refused(Hex, "7f800000").find("finite"), std::string::npos);
    EXPECT_NE(refused(Hex, "7fc00000").find("above 0"), std::string::npos);
    EXPECT_NE(refused(Hex, "bd418306").find("above 0"), std::string::npos);
    EXPECT_NE(refused(Threshold, "p101").find("at most 100"), std::string::npos);
    EXPECT_NE(refused(Threshold, "amax/0").find("finite"), std::string::npos);
    for (const char* text : {"", "abc", "inf", "nan", "0.8*", "*amax", "p", "1 2", "0.8*foo"})
        EXPECT_NE(refused(Threshold, text).find("Possible are"), std::string::npos) << text;
}

TEST(SwappedHex, IsSeenWhereOnlyTheOtherOrderMakesSense) {
    EXPECT_EQ(swappedHex("0683413d", 6.2f), "3d418306");
    EXPECT_EQ(swappedHex("0x0683413D", 6.2f), "3d418306");
    EXPECT_EQ(swappedHex("3d418306", 6.2f), std::nullopt);
    EXPECT_EQ(swappedHex("0683413d", 1e-6f), std::nullopt);  // implausible either way
    EXPECT_EQ(swappedHex("0683413", 6.2f), std::nullopt);
    EXPECT_EQ(swappedHex("0683413d", 0), std::nullopt);
}

}  // namespace
}  // namespace clipscope::session
