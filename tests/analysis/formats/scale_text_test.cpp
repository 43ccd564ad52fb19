// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/scale_text.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <locale>
#include <random>

#include <gtest/gtest.h>

#include "analysis/base/error.h"

namespace clipscope::formats {
namespace {

/// Writes 1.234,5: what a German or French locale does to streams and printf-like functions.
class CommaLocale {
public:
    CommaLocale() : m_before(std::locale::global({std::locale::classic(), new Punctuation})) {}
    ~CommaLocale() { std::locale::global(m_before); }

private:
    struct Punctuation : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };
    std::locale m_before;
};

// Python: struct.pack('>f', v).hex()
TEST(ScaleText, HexIsBigEndian) {
    EXPECT_EQ(hexOfScale(1.0F), "3f800000");
    EXPECT_EQ(hexOfScale(2.0F), "40000000");
    EXPECT_EQ(hexOfScale(1e-5F), "3727c5ac");
    EXPECT_EQ(hexOfScale(7.843137e-03F), "3c008080");
    EXPECT_EQ(hexOfScale(scaleOfThreshold(6.0F)), "3d418306");
    EXPECT_EQ(hexOfScale(scaleOfThreshold(1.0F)), "3c010204");
    EXPECT_EQ(hexOfScale(0.0F), "00000000");
    EXPECT_EQ(scaleOfHex("3C010204"), 0.007874015718698502F);
    EXPECT_EQ(scaleOfHex("4000889d"), 2.008338212966919F);
    EXPECT_EQ(thresholdOfScale(scaleOfHex("3c008912")), 0.996337890625F);
}

TEST(ScaleText, HexRoundTripsEveryKindOfFloat) {
    std::mt19937 random(1);
    for (int i = 0; i < 200000; ++i) {
        const auto bits = static_cast<uint32_t>(random());
        const float value = std::bit_cast<float>(bits);
        const std::string hex = hexOfScale(value);
        ASSERT_EQ(hex.size(), 8u);
        ASSERT_EQ(std::strtoul(hex.c_str(), nullptr, 16), bits);
        ASSERT_EQ(std::bit_cast<uint32_t>(scaleOfHex(hex)), bits);
    }
}

TEST(ScaleText, DecimalsRoundTripInFewDigits) {
    std::mt19937 random(2);
    for (int i = 0; i < 50000; ++i) {
        const float value = std::bit_cast<float>(static_cast<uint32_t>(random()));
        if (!std::isfinite(value))
            continue;
        const std::string text = writeScale(value, ScaleDialect::Decimal);
        const std::optional<ScaleText> read = readScale(text);
        ASSERT_TRUE(read) << text;
        ASSERT_EQ(read->dialect, ScaleDialect::Decimal) << text;
        ASSERT_EQ(std::bit_cast<uint32_t>(read->scale), std::bit_cast<uint32_t>(value)) << text;
    }
    EXPECT_EQ(shortestText(0.1F), "0.1");
    EXPECT_EQ(shortestText(0.1), "0.1");
    EXPECT_EQ(writeScale(1.0F, ScaleDialect::Decimal), "1.0");
}

TEST(ScaleText, TellsTheDialects) {
    struct Case {
        const char* text;
        ScaleDialect dialect;
        float scale;
    };
    const Case cases[] = {
        {"3f800000", ScaleDialect::Hex8, 1.0F},
        {"12345678", ScaleDialect::Hex8, std::bit_cast<float>(0x12345678U)},
        {"1", ScaleDialect::ShortHex, std::bit_cast<float>(1U)},
        {"c010a14", ScaleDialect::ShortHex, std::bit_cast<float>(0x0c010a14U)},
        {"0x3f800000", ScaleDialect::Prefixed, 1.0F},
        {"0X40000000", ScaleDialect::Prefixed, 2.0F},
        {"0.5", ScaleDialect::Decimal, 0.5F},
        {"+4.6586", ScaleDialect::Decimal, 4.6586F},
        {"7.843137e-03", ScaleDialect::Decimal, 7.843137e-03F},
        {"1e-05", ScaleDialect::Decimal, 1e-5F},
        {"", ScaleDialect::Empty, 0.0F},
        {"0", ScaleDialect::ZeroDigit, 0.0F},
    };
    for (const Case& c : cases) {
        const std::optional<ScaleText> read = readScale(c.text);
        ASSERT_TRUE(read) << c.text;
        EXPECT_EQ(toString(read->dialect), toString(c.dialect)) << c.text;
        EXPECT_EQ(read->scale, c.scale) << c.text;
    }
    for (const char* text : {"3c010a140", "3c01zz14", "0x", "0x3c010a140", "0,5", "1.5x", "1e-99",
                             "--1.5", " 3c010a14", "hello"})
        EXPECT_FALSE(readScale(text)) << text;
}

TEST(ScaleText, WritesADialectBack) {
    EXPECT_EQ(writeScale(2.0F, ScaleDialect::Hex8), "40000000");
    EXPECT_EQ(writeScale(2.0F, ScaleDialect::Prefixed), "0x40000000");
    EXPECT_EQ(writeScale(0.5F, ScaleDialect::Decimal), "0.5");
    for (ScaleDialect dialect :
         {ScaleDialect::ShortHex, ScaleDialect::Empty, ScaleDialect::ZeroDigit})
        EXPECT_EQ(writeScale(2.0F, dialect), "40000000");
}

TEST(ScaleText, DoesNotCareAboutTheLocale) {
    const CommaLocale comma;
    EXPECT_EQ(shortestText(1234.5F), "1234.5");
    EXPECT_EQ(shortestText(1234567.5), "1234567.5");
    EXPECT_EQ(readScale("1234.5")->scale, 1234.5F);
    EXPECT_FALSE(readScale("1234,5"));
    EXPECT_EQ(hexOfScale(1234.5F), "449a5000");  // Python: struct.pack('>f', 1234.5).hex()
}

TEST(ScaleText, RefusesWhatIsNotEightDigits) {
    for (const char* text : {"", "3c010a1", "3c010a140", "3c01zz14", "0x3c010a"})
        EXPECT_THROW(scaleOfHex(text), Error) << text;
}

}  // namespace
}  // namespace clipscope::formats
