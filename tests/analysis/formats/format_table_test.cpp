// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/format_table.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/formats/scale_text.h"
#include "analysis/formats/tensor_row_json.h"
#include "tests/analysis/formats/data_files.h"

namespace clipscope::formats {
namespace {

TensorRow rowWith(const std::string& name, float scale) {
    TensorRow row;
    row.name = name;
    row.scale = scale;
    row.threshold = 127 * scale;
    row.hex = hexOfScale(scale);
    return row;
}

template <typename Action>
std::string messageOf(ErrorCode code, Action action) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code) << error.what();
        return error.what();
    }
    return "nothing was thrown";
}

std::string exported(const char* id, std::vector<TensorRow> rows, std::string header = {}) {
    return writeFormat(findFormat(id), {.rows = std::move(rows), .header = std::move(header)});
}

TEST(FormatTable, FindsAndRefuses) {
    EXPECT_TRUE(findFormat("tensorrt").canRead);
    EXPECT_TRUE(findFormat("csv").canWrite);
    EXPECT_FALSE(findFormat("json").canRead);
    const std::string unknown = messageOf(ErrorCode::Usage, [] { findFormat("tensorrd"); });
    EXPECT_NE(unknown.find("did you mean tensorrt?"), std::string::npos) << unknown;
    EXPECT_NE(unknown.find("tensorrt, csv, json"), std::string::npos) << unknown;
    for (const char* id : {"qdq-onnx", "ort-json", "aimet-2.0.0", "ncnn", "model-explorer"}) {
        const std::string planned = messageOf(ErrorCode::Unsupported, [&] { findFormat(id); });
        EXPECT_NE(planned.find("planned"), std::string::npos) << planned;
        EXPECT_NE(planned.find("tensorrt, csv, json"), std::string::npos) << planned;
    }
    messageOf(ErrorCode::Usage, [] { readFormat(findFormat("csv"), "name\n", "a.csv"); });
}

TEST(FormatTable, TensorRtTakesWhatBelongsInACache) {
    TensorRow kept = rowWith("kept", 1.0F);
    kept.isFloat = true;
    TensorRow shape = rowWith("shape", 1.0F);
    shape.inCache = false;
    TensorRow none;
    none.name = "none";
    const std::vector<TensorRow> rows = {rowWith("a", 6.0F / 127.0F), kept, shape, none,
                                         rowWith("b", 2.0F)};
    EXPECT_EQ(exported("tensorrt", rows),
              "TRT-8601-EntropyCalibration2\na: 3d418306\nb: 40000000\n");
    EXPECT_EQ(exported("tensorrt", rows, "TRT-7000-X"), "TRT-7000-X\na: 3d418306\nb: 40000000\n");
    EXPECT_EQ(writeFormat(findFormat("tensorrt"),
                          {.rows = {rowWith("b", 2.0F)}, .cacheAlgorithm = "MinMaxCalibration"}),
              "TRT-8601-MinMaxCalibration\nb: 40000000\n");
    const std::vector<std::string> lost = losses(findFormat("tensorrt"), rows);
    ASSERT_EQ(lost.size(), 3u);
    EXPECT_NE(lost[0].find("\"kept\""), std::string::npos);
    EXPECT_NE(lost[1].find("\"shape\""), std::string::npos);
    EXPECT_NE(lost[2].find("\"none\""), std::string::npos);
    EXPECT_TRUE(losses(findFormat("csv"), rows).empty());
    EXPECT_NE(messageOf(ErrorCode::BadInput, [&] { exported("tensorrt", {none}); }),
              "nothing was thrown");
}

TEST(FormatTable, TensorRtRefusesAffineRanges) {
    std::vector<TensorRow> rows;
    for (int i = 0; i < 7; ++i) {
        rows.push_back(rowWith("t" + std::to_string(i), 1.0F));
        rows.back().isAffine = i != 3;
    }
    const std::string message = messageOf(ErrorCode::BadInput, [&] { exported("tensorrt", rows); });
    EXPECT_NE(message.find("\"t0\", \"t1\", \"t2\", \"t4\", \"t5\" and 1 more"), std::string::npos)
        << message;
    EXPECT_NE(message.find("--threshold"), std::string::npos) << message;
    EXPECT_EQ(losses(findFormat("tensorrt"), rows).size(), 1u);
    rows[0].isFloat = true;  // leaves the export, and the complaint
    const std::string fewer = messageOf(ErrorCode::BadInput, [&] { exported("tensorrt", rows); });
    EXPECT_EQ(fewer.find("\"t0\""), std::string::npos) << fewer;
}

TEST(FormatTable, TensorRtRefusesBadScalesByName) {
    for (float bad : {0.0F, -1.0F, std::numeric_limits<float>::infinity(), std::nanf("")}) {
        const std::string message =
            messageOf(ErrorCode::BadInput, [&] { exported("tensorrt", {rowWith("conv1", bad)}); });
        EXPECT_NE(message.find("conv1"), std::string::npos) << message;
    }
    EXPECT_EQ(losses(findFormat("tensorrt"), std::vector{rowWith("a\nb", 1.0F)}).size(), 1u);
}

TEST(FormatTable, ReadsACacheAsRows) {
    const RangesFile file = readFormat(findFormat("tensorrt"),
                                       "TRT-7000-EntropyCalibration2\n"
                                       "data: 3c008912\n"
                                       "zero: 0\n"
                                       "twice: 3d895e44\n"
                                       "twice: 3e691968\n",
                                       "a.cache");
    EXPECT_EQ(file.header, "TRT-7000-EntropyCalibration2");
    ASSERT_EQ(file.rows.size(), 3u);
    const TensorRow& data = file.rows[0];
    EXPECT_EQ(data.name, "data");
    EXPECT_FALSE(data.hasStatistics);
    EXPECT_EQ(data.hex, "3c008912");
    EXPECT_EQ(data.scale, 0.007845180109143257F);
    EXPECT_EQ(data.threshold, 0.996337890625F);
    EXPECT_EQ(data.lo, -0.996337890625);
    EXPECT_EQ(data.hi, 0.996337890625);
    EXPECT_EQ(data.zeroPoint, 0);
    EXPECT_EQ(file.rows[1].reason, "zero-scale");
    EXPECT_EQ(file.rows[2].reason, "duplicate-conflict");
    EXPECT_EQ(file.findings.size(), 2u);  // zero, duplicate-conflict
}

TEST(FormatTable, RealCachesSurviveAnExportOfTheirRows) {
    for (const auto& path : cachesIn("real")) {
        SCOPED_TRACE(path.filename().string());
        const std::string bytes = bytesOf(path);
        const RangesFile file = readFormat(findFormat("tensorrt"), bytes, path.filename());
        const bool sound = std::all_of(file.rows.begin(), file.rows.end(),
                                       [](const TensorRow& row) { return row.reason.empty(); });
        if (sound) {
            EXPECT_EQ(exported("tensorrt", file.rows, file.header), bytes);
        } else {
            EXPECT_THROW(exported("tensorrt", file.rows, file.header), Error);
        }
    }
}

TEST(Csv, QuotesAndLeavesBlank) {
    TensorRow row = rowWith("a,\"b\"\nc", 0.5F);
    row.dtype = "float32";
    row.shape = std::vector<int64_t>{1, -1, 224};
    row.hasStatistics = true;
    row.count = 1234567;
    row.min = 0.1F;
    row.max = std::numeric_limits<float>::infinity();
    row.sqnrDb = 1e-7;
    row.zeroPoint = -128;
    row.group = "pool1";
    const std::string expected =
        "name,dtype,shape,count,zeros,nan,inf,min,max,amax,amax_sample,method,threshold,scale,hex,"
        "lo,hi,zero_point,clip_percent,sqnr_db,clip_mse,round_mse,codes_used,bits_lost,"
        "affine_gain_db,in_cache,reason,group,edited,op,is_affine,is_float\n"
        "\"a,\"\"b\"\"\nc\",float32,1x?x224,1234567,0,0,0,0.1,inf,,,,63.5,0.5,3f000000,"
        ",,-128,,1e-07,,,,,,true,,pool1,false,,false,false\n";
    EXPECT_EQ(exported("csv", {row}), expected);
    struct Comma : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        std::string do_grouping() const override { return "\3"; }
    };
    const std::locale before = std::locale::global({std::locale::classic(), new Comma});
    EXPECT_EQ(exported("csv", {row}), expected);
    EXPECT_NE(exported("json", {row}).find("\"count\": 1234567,"), std::string::npos);
    EXPECT_NE(exported("json", {row}).find("\"min\": 0.1,"), std::string::npos);
    std::locale::global(before);
}

TEST(Csv, WithoutStatisticsHasNoCounts) {
    const std::string csv = exported("csv", {rowWith("a", 1.0F)});
    EXPECT_EQ(linesOf(csv).at(1).rfind("a,,,,,,,,,,,,127,1,3f800000,", 0), 0u) << csv;
}

TEST(Json, HasTheKeysOfTheListings) {
    TensorRow row = rowWith("conv1", 1.0F);
    row.hasStatistics = true;
    row.count = 12;
    row.shape = std::vector<int64_t>{-1, 3};
    std::vector<std::string> keys;
    const nlohmann::ordered_json object = toJson(row);
    for (const auto& [key, value] : object.items())
        keys.push_back(key);
    EXPECT_EQ(keys, (std::vector<std::string>{
                        "name",        "dtype",     "shape",      "count",        "zeros",
                        "nan",         "inf",       "min",        "max",          "amax",
                        "amax_sample", "method",    "threshold",  "scale",        "hex",
                        "lo",          "hi",        "zero_point", "clip_percent", "sqnr_db",
                        "clip_mse",    "round_mse", "codes_used", "bits_lost",    "affine_gain_db",
                        "in_cache",    "reason",    "group",      "edited",       "op",
                        "is_affine",   "is_float"}));
    EXPECT_EQ(object["shape"].dump(), "[-1,3]");
    EXPECT_EQ(object["count"], 12);
    EXPECT_EQ(object["threshold"], 127.0);
    EXPECT_TRUE(object["amax"].is_null());
    EXPECT_TRUE(toJson(rowWith("a", 1.0F))["count"].is_null());
    const auto document = nlohmann::json::parse(exported("json", {row, row}));
    EXPECT_EQ(document["clipscope"], 1);
    EXPECT_EQ(document["command"], "export");
    EXPECT_EQ(document["tensors"].size(), 2u);
}

TEST(Json, NumbersThatAreNotFiniteAreNullWithAReason) {
    TensorRow row;
    row.name = "a\xff";
    row.scale = std::numeric_limits<float>::infinity();
    row.sqnrDb = -std::numeric_limits<double>::infinity();
    row.clipMse = std::nan("");
    const nlohmann::ordered_json object = toJson(row);
    EXPECT_TRUE(object["scale"].is_null());
    EXPECT_EQ(object["scale_reason"], "infinite");
    EXPECT_EQ(object["sqnr_db_reason"], "minus infinite");
    EXPECT_TRUE(object["clip_mse"].is_null());
    EXPECT_EQ(object["clip_mse_reason"], "not a number");
    EXPECT_FALSE(object.contains("round_mse_reason"));
    EXPECT_EQ(object["name"], "a\xef\xbf\xbd");
    EXPECT_NO_THROW(object.dump());
    EXPECT_EQ(losses(findFormat("json"), std::vector{row}).size(), 1u);
}

TEST(Json, FloatsReadBackExactly) {
    std::mt19937 random(3);
    for (int i = 0; i < 20000; ++i) {
        TensorRow row;
        const float value = std::bit_cast<float>(static_cast<uint32_t>(random()));
        const double wide = std::bit_cast<double>((uint64_t{random()} << 32U) | random());
        if (!std::isfinite(value) || !std::isfinite(wide))
            continue;
        row.scale = value;
        row.clipMse = wide;
        const auto read = nlohmann::json::parse(toJson(row).dump());
        ASSERT_EQ(static_cast<float>(read["scale"].get<double>()), value);
        ASSERT_EQ(read["clip_mse"].get<double>(), wide);
    }
    TensorRow row;
    row.scale = 0.1F;
    EXPECT_EQ(toJson(row)["scale"].dump(), "0.1");
}

}  // namespace
}  // namespace clipscope::formats
