// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/tensorrt_cache.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "tests/analysis/formats/data_files.h"

namespace clipscope::formats {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::string messageOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

TEST(TensorRtCache, KeepsEveryRealFileToTheByte) {
    const auto paths = cachesIn("real");
    ASSERT_EQ(paths.size(), 32u);
    for (const auto& path : paths) {
        SCOPED_TRACE(path.filename().string());
        const std::string bytes = bytesOf(path);
        const TensorRtCache cache = TensorRtCache::parse(bytes, path.filename());
        EXPECT_EQ(cache.toBytes(), bytes);
        // These files have a header and nothing but entries; TensorRT does not pad a zero.
        const std::vector<std::string> lines = linesOf(bytes);
        const std::vector<CacheEntry> entries = cache.entries();
        ASSERT_EQ(entries.size(), lines.size() - 1);
        EXPECT_EQ(cache.header() + "\n", lines[0]);
        for (size_t i = 0; i < entries.size(); ++i) {
            const std::string& line = lines[i + 1];
            const size_t digits = line.ends_with(": 0\n") ? 1 : 8;
            const std::string value = line.substr(line.size() - 1 - digits, digits);
            const auto bits = static_cast<uint32_t>(std::strtoul(value.c_str(), nullptr, 16));
            EXPECT_EQ(entries[i].line, i + 2);
            EXPECT_EQ(entries[i].value, value);
            EXPECT_EQ(entries[i].name, line.substr(0, line.size() - 3 - digits));
            EXPECT_EQ(std::bit_cast<uint32_t>(entries[i].scale), bits);
        }
    }
}

TEST(TensorRtCache, ReadsAKnownFile) {
    const auto path = dataFolder() / "real" / "real-x03-TRT-7000-EntropyCalibration2.cache";
    const TensorRtCache cache = TensorRtCache::parse(bytesOf(path), "x03");
    EXPECT_EQ(cache.header(), "TRT-7000-EntropyCalibration2");
    ASSERT_EQ(cache.entries().size(), 8u);
    EXPECT_TRUE(cache.findings().empty());
    // numpy: float32 of the bits, and float32(127) times it
    const CacheEntry data = cache.find("data").value();
    EXPECT_EQ(data.value, "3c008912");
    EXPECT_EQ(data.scale, 0.007845180109143257F);
    EXPECT_EQ(data.threshold, 0.996337890625F);
    EXPECT_EQ(cache.find("pool1")->threshold, 2.1228103637695312F);
    EXPECT_EQ(cache.find("ip2")->threshold, 28.90976905822754F);
    EXPECT_FALSE(cache.find("Data"));
}

TEST(TensorRtCache, ReadsZerosInfinitiesAndTheBareHeader) {
    const auto real = dataFolder() / "real";
    const TensorRtCache zeros =
        TensorRtCache::parse(bytesOf(real / "real-x07-TRT-8401-EntropyCalibration2.cache"), "x07");
    const CacheEntry zero = zeros.find("(Unnamed Layer* 64) [Shuffle]_output").value();
    EXPECT_EQ(zero.dialect, ScaleDialect::ZeroDigit);
    EXPECT_EQ(zero.line, 6u);
    EXPECT_EQ(zero.scale, 0.0F);
    const TensorRtCache infinite =
        TensorRtCache::parse(bytesOf(real / "real-02-TRT-8501-EntropyCalibration2.cache"), "02");
    EXPECT_EQ(infinite.find("Input")->scale, kInfinity);
    EXPECT_EQ(infinite.find("cls/Sigmoid_1:0")->scale, 0.007875937968492508F);
    const TensorRtCache bare = TensorRtCache::parse(bytesOf(real / "real-22-1.cache"), "22");
    EXPECT_EQ(bare.header(), "1");
    ASSERT_EQ(bare.findings().size(), 1u);
    EXPECT_EQ(bare.findings()[0].code, "header-old");
    EXPECT_EQ(bare.findings()[0].severity, Severity::Info);
}

TEST(TensorRtCache, SplitsAtTheColonThatEndsTheName) {
    const TensorRtCache cache = TensorRtCache::parse(
        "TRT-8601-EntropyCalibration2\n"
        "input_1:0: 3f800000\n"
        "(Unnamed Layer* 4) [Fully Connected]_output: 40000000\n"
        "onnx::Conv_329: 3f000000\n"
        "a: b: 3f800000\n"
        "INPUT0:4.5\n"
        "conv:0:3f800000\n"
        "tab:\t3f800000\n"
        "lost:\n"
        "cut_1:0\n",
        "a.cache");
    std::vector<std::string> names;
    for (const CacheEntry& entry : cache.entries())
        names.push_back(entry.name);
    EXPECT_EQ(names, (std::vector<std::string>{
                         "input_1:0", "(Unnamed Layer* 4) [Fully Connected]_output",
                         "onnx::Conv_329", "a: b", "INPUT0", "conv:0", "tab", "lost"}));
    EXPECT_EQ(cache.find("INPUT0")->scale, 4.5F);
    EXPECT_EQ(cache.find("lost")->dialect, ScaleDialect::Empty);
}

TEST(TensorRtCache, ReadsFilesWithoutBlanks) {
    const TensorRtCache cache = TensorRtCache::parse("1\nINPUT0:4.6586\nb:0:0\nc:3\n", "a.cache");
    ASSERT_EQ(cache.entries().size(), 3u);
    EXPECT_EQ(cache.find("INPUT0")->scale, 4.6586F);
    EXPECT_EQ(cache.find("b:0")->dialect, ScaleDialect::ZeroDigit);
    EXPECT_EQ(cache.find("c")->dialect, ScaleDialect::ShortHex);
}

TEST(TensorRtCache, ChangesOneLineOnly) {
    for (const auto& path : cachesIn("real")) {
        SCOPED_TRACE(path.filename().string());
        const std::string bytes = bytesOf(path);
        TensorRtCache cache = TensorRtCache::parse(bytes, path.filename());
        const std::vector<CacheEntry> entries = cache.entries();
        const CacheEntry& entry = entries[entries.size() / 2];
        cache.setScale(entry.name, 2.0F);
        std::vector<std::string> expected = linesOf(bytes);
        expected[entry.line - 1] = entry.name + ": 40000000\n";
        EXPECT_EQ(linesOf(cache.toBytes()), expected);
        EXPECT_EQ(cache.find(entry.name)->scale, 2.0F);
    }
}

TEST(TensorRtCache, KeepsTheSpellingOfTheChangedLine) {
    TensorRtCache cache = TensorRtCache::parse(
        "\xef\xbb\xbfTRT-8601-EntropyCalibration2 \r\n"
        "# a comment\r\n"
        "upper: 3C010A14  \r\n"
        "\r\n"
        "prefixed:\t0x3c010a14\r\n"
        "decimal:0.25\r\n"
        "zero: 0\r\n"
        "broken: 3c01zz14\r\n"
        "lost:\r\n"
        " \xff: 3c010a14",
        "a.cache");
    const float scale = std::bit_cast<float>(0x3d895e44U);
    for (const char* name : {"upper", "prefixed", "zero", "broken", "lost", " \xff"})
        cache.setScale(name, scale);
    cache.setScale("decimal", 100.0F);
    EXPECT_EQ(cache.toBytes(),
              "\xef\xbb\xbfTRT-8601-EntropyCalibration2 \r\n"
              "# a comment\r\n"
              "upper: 3D895E44  \r\n"
              "\r\n"
              "prefixed:\t0x3d895e44\r\n"
              "decimal:100.0\r\n"
              "zero: 3d895e44\r\n"
              "broken: 3d895e44\r\n"
              "lost: 3d895e44\r\n"
              " \xff: 3d895e44");
    EXPECT_EQ(cache.header(), "TRT-8601-EntropyCalibration2");
    EXPECT_EQ(cache.find("decimal")->scale, 100.0F);
    EXPECT_EQ(cache.find("broken")->scale, scale);
}

TEST(TensorRtCache, ChangesDoNotPutBlanksIntoAFileWithout) {
    // With a blank anywhere, "b:0:0" would no longer be read as b:0 with the value 0.
    TensorRtCache cache = TensorRtCache::parse("1\nb:0:0\nlost:\n", "a.cache");
    cache.setScale("lost", 1.0F);
    EXPECT_EQ(cache.toBytes(), "1\nb:0:0\nlost:3f800000\n");
    TensorRtCache fresh = TensorRtCache::parse("TRT-1-X\n", "a.cache");
    fresh.append("a", 1.0F);
    EXPECT_EQ(fresh.toBytes(), "TRT-1-X\na: 3f800000\n");
}

TEST(TensorRtCache, ChangesRepeatedNamesTogetherOrNotAtAll) {
    TensorRtCache same = TensorRtCache::parse("1\na: 3f800000\nb: 3f800000\na: 3f800000\n", "a");
    same.setScale("a", 2.0F);
    EXPECT_EQ(same.toBytes(), "1\na: 40000000\nb: 3f800000\na: 40000000\n");
    const std::string text = "1\na: 3f800000\nb: 3f800000\na: 3f000000\n";
    TensorRtCache differs = TensorRtCache::parse(text, "d.cache");
    const std::string message = messageOf([&] { differs.setScale("a", 2.0F); });
    EXPECT_NE(message.find("d.cache: lines 2 and 4"), std::string::npos) << message;
    EXPECT_EQ(differs.toBytes(), text);
}

TEST(TensorRtCache, AppendsAndRemoves) {
    TensorRtCache cache = TensorRtCache::parse("TRT-1-X\r\na: 3f800000\r\nb: 0\r\n\r\n", "a.cache");
    cache.append("c:0", 2.0F);
    EXPECT_EQ(cache.toBytes(), "TRT-1-X\r\na: 3f800000\r\nb: 0\r\nc:0: 40000000\r\n\r\n");
    cache.remove("b");
    EXPECT_EQ(cache.toBytes(), "TRT-1-X\r\na: 3f800000\r\nc:0: 40000000\r\n\r\n");
    EXPECT_EQ(cache.find("c:0")->line, 3u);
    EXPECT_NE(messageOf([&] { cache.append("a", 1.0F); }).find("line 2"), std::string::npos);

    TensorRtCache open = TensorRtCache::parse("TRT-1-X\na:0.5", "a.cache");
    open.append("input_1:0", 4.0F);
    EXPECT_EQ(open.toBytes(), "TRT-1-X\na:0.5\ninput_1:0:4.0");
    EXPECT_EQ(open.find("input_1:0")->scale, 4.0F);
    open.remove("input_1:0");
    EXPECT_EQ(open.toBytes(), "TRT-1-X\na:0.5");
    open.remove("a");
    open.append("b", 1.0F);
    EXPECT_EQ(open.entries().size(), 1u);
}

TEST(TensorRtCache, NamesTheNearestWhereATensorIsMissing) {
    TensorRtCache cache = TensorRtCache::parse("1\nconv1: 3f800000\n", "a.cache");
    const std::string message = messageOf([&] { cache.setScale("conv2", 1.0F); });
    EXPECT_NE(message.find("a.cache has no tensor \"conv2\""), std::string::npos) << message;
    EXPECT_NE(message.find("did you mean \"conv1\"?"), std::string::npos) << message;
    EXPECT_THROW(cache.remove("zzzzz"), Error);
}

TEST(TensorRtCache, ReplacesTheHeader) {
    TensorRtCache cache = TensorRtCache::parse("\xef\xbb\xbfTRT-1-X\r\na: 3f800000\r\n", "a.cache");
    cache.setHeader("TRT-8601-MinMaxCalibration");
    EXPECT_EQ(cache.toBytes(), "\xef\xbb\xbfTRT-8601-MinMaxCalibration\r\na: 3f800000\r\n");
    for (const char* bad : {"", "TRT-1-X\n", " TRT-1-X"})
        EXPECT_THROW(cache.setHeader(bad), Error) << bad;

    TensorRtCache lost = TensorRtCache::parse("a: 3f800000\nb: 40000000\n", "a.cache");
    EXPECT_EQ(lost.header(), "");
    ASSERT_EQ(lost.entries().size(), 2u);
    EXPECT_EQ(lost.entries()[0].line, 1u);
    EXPECT_EQ(lost.findings()[0].code, "header");
    lost.setHeader("TRT-1-X");
    EXPECT_EQ(lost.toBytes(), "TRT-1-X\na: 3f800000\nb: 40000000\n");
    EXPECT_EQ(lost.entries()[0].line, 2u);
}

TEST(TensorRtCache, RefusesBadScalesAndNames) {
    const std::string text = "1\na: 3f800000\n";
    TensorRtCache cache = TensorRtCache::parse(text, "a.cache");
    for (float bad : {0.0F, -0.0F, -1.0F, kInfinity, std::nanf("")}) {
        EXPECT_THROW(cache.setScale("a", bad), Error) << bad;
        EXPECT_THROW(cache.append("b", bad), Error) << bad;
        EXPECT_THROW(writeTensorRtCache("1", std::vector<NamedScale>{{"b", bad}}), Error) << bad;
    }
    for (const std::string& bad : {std::string(), std::string("a\nb"), std::string("a\r"),
                                   std::string("a\0b", 3), std::string(" a"), std::string("a\t")}) {
        EXPECT_THROW(cache.append(bad, 1.0F), Error) << bad;
        EXPECT_THROW(writeTensorRtCache("1", std::vector<NamedScale>{{bad, 1.0F}}), Error) << bad;
    }
    EXPECT_EQ(cache.toBytes(), text);
}

TEST(TensorRtWriter, WritesWhatTensorRtWrites) {
    const std::vector<NamedScale> scales = {{"input_1:0", 6.0F / 127.0F},
                                            {"(Unnamed Layer* 4) [Fully Connected]_output", 2.0F},
                                            {"caf\xc3\xa9: x", 1.0F}};
    const std::string bytes = writeTensorRtCache("TRT-8601-EntropyCalibration2", scales);
    EXPECT_EQ(bytes,
              "TRT-8601-EntropyCalibration2\n"
              "input_1:0: 3d418306\n"
              "(Unnamed Layer* 4) [Fully Connected]_output: 40000000\n"
              "caf\xc3\xa9: x: 3f800000\n");
    const std::vector<CacheEntry> entries = TensorRtCache::parse(bytes, "a.cache").entries();
    ASSERT_EQ(entries.size(), scales.size());
    for (size_t i = 0; i < entries.size(); ++i)
        EXPECT_EQ(entries[i].name, scales[i].name);
    const std::vector<NamedScale> twice = {{"a", 1.0F}, {"a", 1.0F}};
    EXPECT_NE(messageOf([&] { writeTensorRtCache("1", twice); }).find("\"a\""), std::string::npos);
}

TEST(TensorRtHeader, IsMadeAndRead) {
    EXPECT_EQ(defaultHeader(), "TRT-8601-EntropyCalibration2");
    EXPECT_EQ(defaultHeader("MinMaxCalibration"), "TRT-8601-MinMaxCalibration");
    EXPECT_EQ(parseHeader("TRT-100300-LegacyCalibration")->version, "100300");
    EXPECT_EQ(parseHeader("TRT-8XXX-LegacyCalibration")->algorithm, "LegacyCalibration");
    for (const char* bad : {"", "1", "TRT-8601", "TRT--X", "TRT-8601-", "trt-8601-X"})
        EXPECT_FALSE(parseHeader(bad)) << bad;
}

}  // namespace
}  // namespace clipscope::formats
