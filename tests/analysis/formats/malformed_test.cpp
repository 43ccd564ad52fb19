// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <map>
#include <optional>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/formats/format_table.h"
#include "analysis/formats/tensorrt_cache.h"
#include "tests/analysis/formats/data_files.h"

namespace clipscope::formats {
namespace {

/// What is no cache at all, and a word that its message must hold.
const std::map<std::string, std::string> kRefused = {
    {"empty.cache", "is empty"},
    {"utf16.cache", "UTF-16"},
    {"json-not-cache.cache", "nvdla"},
    {"ort-text-table.cache", "ort-cache"},
    {"engine-magic.cache", "TensorRT engine"},
};

std::string messageOf(const std::string& bytes) {
    try {
        detectFormat(bytes, "some.cache");
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::BadInput);
        EXPECT_EQ(std::string(error.what()).rfind("some.cache", 0), 0u) << error.what();
        return error.what();
    }
    return "nothing was thrown";
}

std::vector<std::string> codesOf(const std::string& bytes) {
    std::vector<std::string> codes;
    for (const Finding& finding : TensorRtCache::parse(bytes, "a.cache").findings())
        codes.push_back(std::string(toString(finding.severity)) + " " + finding.code);
    return codes;
}

std::string describe(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings)
        text += std::string(toString(finding.severity)) + " " + finding.code + " line " +
                std::to_string(finding.line) + ": " + finding.message + "\n";
    return text;
}

TEST(MalformedCaches, GetTheComplaintTheyDeserve) {
    const auto list = nlohmann::json::parse(bytesOf(dataFolder() / "malformed/malformed.json"));
    size_t seen = 0;
    for (const auto& row : list["files"]) {
        const auto path = dataFolder() / "malformed" / row["file"].get<std::string>();
        if (path.filename() == "garbage-1MiB.cache")
            continue;
        SCOPED_TRACE(path.filename().string());
        const std::string bytes = bytesOf(path);
        ASSERT_EQ(bytes.size(), row["bytes"].get<size_t>());
        ++seen;
        if (kRefused.contains(path.filename())) {
            const std::string message = messageOf(bytes);
            EXPECT_NE(message.find(kRefused.at(path.filename())), std::string::npos) << message;
            continue;
        }
        const TensorRtCache cache = TensorRtCache::parse(bytes, path.filename());
        EXPECT_EQ(cache.toBytes(), bytes);
        EXPECT_EQ(detectFormat(bytes).id, "tensorrt");
        if (row.contains("entries")) {
            EXPECT_EQ(cache.entries().size(), row["entries"].get<size_t>());
        }
        const std::vector<Finding> findings = cache.findings();
        const std::string code = row["code"];
        size_t hits = 0;
        for (const Finding& finding : findings) {
            EXPECT_LT(finding.message.size(), 400u);
            if (finding.code == code) {
                EXPECT_EQ(toString(finding.severity), row["severity"].get<std::string>());
                ++hits;
            }
        }
        if (!code.empty()) {
            EXPECT_GE(hits, 1u) << describe(findings);
        } else if (path.filename() != "decimal-8digits.cache") {  // there a warning is welcome
            EXPECT_TRUE(findings.empty()) << describe(findings);
        }
    }
    EXPECT_EQ(seen, cachesIn("malformed").size());
}

TEST(MalformedCaches, FindingsNameTheLine) {
    const auto linesWith = [](const std::string& file, const std::string& code) {
        std::vector<size_t> lines;
        for (const Finding& finding :
             TensorRtCache::parse(bytesOf(dataFolder() / "malformed" / file), file).findings()) {
            if (finding.code == code)
                lines.push_back(finding.line);
        }
        return lines;
    };
    using Lines = std::vector<size_t>;
    EXPECT_EQ(linesWith("nan.cache", "nan"), (Lines{2, 4, 5}));
    EXPECT_EQ(linesWith("inf.cache", "inf"), (Lines{2, 3}));
    EXPECT_EQ(linesWith("denormal.cache", "denormal"), (Lines{2, 3, 4}));
    EXPECT_EQ(linesWith("dup-differs.cache", "duplicate-conflict"), (Lines{4}));
    EXPECT_EQ(linesWith("name-with-colons.cache", "empty-name"), (Lines{4}));
    EXPECT_EQ(linesWith("trailing-spaces.cache", "spaces"), (Lines{1, 2, 3, 4}));
    EXPECT_EQ(linesWith("truncated-name.cache", "no-colon"), (Lines{3}));
    EXPECT_EQ(linesWith("le-hex.cache", "endian"), (Lines{2}));
}

TEST(MalformedCaches, MessagesSayWhatWasSeen) {
    const auto first = [](const std::string& file) {
        return TensorRtCache::parse(bytesOf(dataFolder() / "malformed" / file), file)
            .findings()
            .at(0)
            .message;
    };
    EXPECT_NE(first("bad-header-algo.cache").find("did you mean EntropyCalibration2?"),
              std::string::npos);
    EXPECT_NE(first("blank-lines.cache").find("2, 3, 5"), std::string::npos);
    EXPECT_NE(first("invalid-utf8.cache").find("conv\\xff\\xfe1"), std::string::npos);
    EXPECT_NE(first("nul-in-name.cache").find("conv\\x001"), std::string::npos);
    EXPECT_NE(first("non-hex.cache").find("3c01zz14"), std::string::npos);
}

TEST(MalformedCaches, RealFilesAreNotAccused) {
    for (const auto& path : cachesIn("real")) {
        SCOPED_TRACE(path.filename().string());
        for (const std::string& code : codesOf(bytesOf(path))) {
            // What these files really hold: TensorRT's own zeros, a forum's infinities, and a scale
            // of 1e-14.
            const bool expected = code == "error zero" || code == "error inf" ||
                                  code == "warning tiny" || code == "info header-old";
            EXPECT_TRUE(expected) << code;
        }
    }
}

TEST(MalformedCaches, GarbageIsRefusedAndItsFindingsBounded) {
    std::mt19937 random(7);
    std::string garbage(size_t{1} << 20, '\0');
    for (char& c : garbage)
        c = static_cast<char>(random() & 0xffU);
    garbage[0] = 'g';
    EXPECT_NE(messageOf(garbage).find("binary"), std::string::npos);

    const std::string headed = "TRT-8601-EntropyCalibration2\n" + garbage;
    const TensorRtCache cache = TensorRtCache::parse(headed, "some.cache");
    EXPECT_EQ(cache.toBytes(), headed);
    EXPECT_GT(cache.findings().size(), 100u);
    EXPECT_LT(cache.findings().size(), 1500u);
    EXPECT_NE(describe(cache.findings()).find("more like these"), std::string::npos);
}

/// A few bytes of a file changed, removed or repeated.
std::string mutated(std::string bytes, std::mt19937& random) {
    const std::string alphabet("\n\r\t :#0axX.\xff\0", 13);
    for (unsigned k = 1 + random() % 4; k > 0; --k) {
        const size_t at = random() % bytes.size();
        const char letter = alphabet[random() % alphabet.size()];
        if (random() % 3 == 0)
            bytes.erase(at, 1 + random() % 3);
        else if (random() % 2 == 0)
            bytes.insert(at, 1, letter);
        else
            bytes[at] = letter;
        if (bytes.empty())
            return "1";
    }
    return bytes;
}

TEST(MalformedCaches, MutationsAreRefusedOrKept) {
    std::mt19937 random(11);
    std::vector<std::string> files;
    for (const char* folder : {"real", "malformed"}) {
        for (const auto& path : cachesIn(folder)) {
            if (std::filesystem::file_size(path) > 0 && std::filesystem::file_size(path) < 1000)
                files.push_back(bytesOf(path));
        }
    }
    size_t kept = 0;
    for (int i = 0; i < 20000; ++i) {
        const std::string bytes = mutated(files[random() % files.size()], random);
        std::optional<TensorRtCache> cache;
        try {
            cache = TensorRtCache::parse(bytes, "a.cache");
        } catch (const Error&) {
            continue;
        }
        ++kept;
        ASSERT_EQ(cache->toBytes(), bytes);
        cache->findings();
        const std::vector<CacheEntry> entries = cache->entries();
        if (entries.empty())
            continue;
        // Whatever the line looks like, its new scale is what is read back, and from that line.
        const CacheEntry& entry = entries[random() % entries.size()];
        try {
            cache->setScale(entry.name, 0.25F);
        } catch (const Error&) {
            continue;  // repeated with another value
        }
        const TensorRtCache again = TensorRtCache::parse(cache->toBytes(), "a.cache");
        ASSERT_TRUE(again.find(entry.name)) << bytes;
        ASSERT_EQ(again.find(entry.name)->scale, 0.25F) << bytes;
        ASSERT_EQ(again.entries().size(), entries.size()) << bytes;
        const std::vector<std::string> before = linesOf(bytes);
        const std::vector<std::string> after = linesOf(cache->toBytes());
        ASSERT_EQ(after.size(), before.size()) << bytes;
    }
    EXPECT_GT(kept, 10000u);
}

TEST(MalformedCaches, OtherFilesAreNamed) {
    EXPECT_NE(messageOf("conv1: 6.5\nconv2: 3.25\n").find("format ranges"), std::string::npos);
    EXPECT_NE(messageOf("# a\nconv1 6.5 -1.5 6.5\n").find("line 2"), std::string::npos);
    EXPECT_NE(messageOf("# a\nconv1 6.5 -1.5 6.5\n").find("format sophgo"), std::string::npos);
    EXPECT_NE(messageOf("conv1_param_0 2.5 3.5\nconv1 2.5\n").find("format ncnn"),
              std::string::npos);
    EXPECT_NE(messageOf("{\"act_quant_info\": {}}").find("format ppq"), std::string::npos);
    EXPECT_NE(messageOf("[1, 2]").find("JSON"), std::string::npos);
    EXPECT_NE(messageOf("PK\x03\x04 and so on").find("zip"), std::string::npos);
    EXPECT_NE(messageOf("TRT-1-X\ra: 3f800000\r").find("carriage return"), std::string::npos);
    EXPECT_NE(messageOf(" \n\n").find("is empty"), std::string::npos);
    EXPECT_NE(messageOf("\xef\xbb\xbf").find("is empty"), std::string::npos);
    EXPECT_NE(messageOf("hello\n").find("no range file"), std::string::npos);
    EXPECT_EQ(codesOf("TRT-8601-EntropyCalibration2\n"),
              (std::vector<std::string>{"warning no-entries"}));
    EXPECT_EQ(codesOf("TRT-8XXX-EntropyCalibration2\na: bf800000\n"),
              (std::vector<std::string>{"warning header-version", "error negative"}));
}

}  // namespace
}  // namespace clipscope::formats
