// SPDX-License-Identifier: Apache-2.0
// The main job on the examples: model + images -> histograms -> thresholds -> adjusted cache.
#include <cmath>
#include <fstream>
#include <map>

#include "analysis/base/atomic_file.h"
#include "analysis/data/npz.h"
#include "tests/cli/calibrated_examples.h"

namespace clipscope {
namespace {

/// One calibration of both examples, shared by the tests.
class MainJob : public CalibratedExamples {};

TEST_F(MainJob, TheCacheHasEveryActivation) {
    const std::vector<std::string> cache = lines(readFile(file("lenet.cache")));
    ASSERT_EQ(cache.size(), 11u);
    EXPECT_EQ(cache[0], "TRT-8601-EntropyCalibration2");
    const std::vector<std::string> names{"data",     "conv1", "pool1", "conv2", "pool2",
                                         "flatten1", "ip1",   "relu1", "ip2",   "prob"};
    std::map<std::string, std::string> scales;
    for (size_t i = 0; i < names.size(); ++i) {
        const std::string& line = cache[i + 1];
        ASSERT_EQ(line.substr(0, names[i].size() + 2), names[i] + ": ");
        scales[names[i]] = line.substr(names[i].size() + 2);
        EXPECT_EQ(scales[names[i]].size(), 8u);
    }
    EXPECT_EQ(scales["conv1"], scales["pool1"]);
    EXPECT_EQ(scales["conv2"], scales["flatten1"]);
    EXPECT_NE(scales["conv1"], scales["conv2"]);
}

TEST_F(MainJob, SetChangesExactlyOneLine) {
    const ProcessResult set =
        clipscope({"set", lenet(), "ip2", "--threshold", "20", "-o", file("adjusted.clipscope")});
    ASSERT_EQ(set.status, 0) << set.err;
    ASSERT_EQ(
        clipscope({"export", file("adjusted.clipscope"), "-o", file("adjusted.cache")}).status, 0);
    const std::vector<std::string> before = lines(readFile(file("lenet.cache")));
    const std::vector<std::string> after = lines(readFile(file("adjusted.cache")));
    ASSERT_EQ(before.size(), after.size());
    std::vector<std::string> changed;
    for (size_t i = 0; i < before.size(); ++i)
        if (before[i] != after[i])
            changed.push_back(after[i]);
    // float32(20 / 127) = 0x3e214285
    EXPECT_EQ(changed, std::vector<std::string>{"ip2: 3e214285"});
}

TEST_F(MainJob, SetInOneOfAGroupWarnsAndGroupChangesAll) {
    const ProcessResult alone =
        clipscope({"set", lenet(), "conv1", "--threshold", "1", "-o", file("alone.clipscope")});
    EXPECT_EQ(alone.status, 0);
    EXPECT_NE(alone.err.find("split"), std::string::npos);
    EXPECT_NE(alone.err.find("pool1"), std::string::npos);
    const json all = parsed(clipscope({"set", lenet(), "conv1", "--threshold", "1", "--group", "-o",
                                       file("all.clipscope"), "--json"}));
    ASSERT_EQ(all.at("tensors").size(), 2u);
    EXPECT_EQ(all.at("tensors")[1].at("name"), "pool1");
    EXPECT_EQ(all.at("tensors")[1].at("hex"), "3c010204");  // float32(1 / 127)
}

TEST_F(MainJob, ScalesAreGivenAsInACacheAndFloatLeavesTheExport) {
    ASSERT_EQ(
        clipscope({"set", lenet(), "ip1", "--scale", "3d418306", "-o", file("s.clipscope")}).status,
        0);
    ASSERT_EQ(clipscope({"set", file("s.clipscope"), "prob", "--float"}).status, 0);
    ASSERT_EQ(clipscope({"export", file("s.clipscope"), "-o", file("s.cache")}).status, 0);
    const std::string cache = readFile(file("s.cache"));
    EXPECT_NE(cache.find("ip1: 3d418306\n"), std::string::npos);
    EXPECT_EQ(cache.find("prob"), std::string::npos);
    ASSERT_EQ(clipscope({"set", file("s.clipscope"), "prob", "--reset"}).status, 0);
    ASSERT_EQ(clipscope({"set", file("s.clipscope"), "ip1", "--reset"}).status, 0);
    ASSERT_EQ(clipscope({"export", file("s.clipscope"), "-o", file("s.cache")}).status, 0);
    EXPECT_EQ(readFile(file("s.cache")), readFile(file("lenet.cache")));
}

TEST_F(MainJob, AnAffineRangeIsRefusedByACacheAndHeldByCsv) {
    ASSERT_EQ(
        clipscope({"set", lenet(), "ip1", "--range=-2.5,6", "-o", file("a.clipscope")}).status, 0);
    const ProcessResult cache =
        clipscope({"export", file("a.clipscope"), "-o", file("a.cache"), "--format", "tensorrt"});
    EXPECT_EQ(cache.status, 2);
    EXPECT_NE(cache.err.find("ip1"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(file("a.cache")));
    const json listing = parsed(clipscope({"inspect", file("a.clipscope"), "--json"}));
    const json ip1 = tensorOf(listing, "ip1");
    // s = 8.5 / 255, z = rne(-128 + 2.5 / s) = rne(-53)
    EXPECT_FLOAT_EQ(ip1.at("scale").get<float>(), 8.5f / 255);
    EXPECT_EQ(ip1.at("zero_point"), -53);
    EXPECT_TRUE(ip1.at("edited").get<bool>());
    EXPECT_EQ(
        clipscope({"export", file("a.clipscope"), "-o", file("a.csv"), "--format", "csv"}).status,
        0);
    EXPECT_EQ(lines(readFile(file("a.csv"))).size(), 11u);
}

TEST_F(MainJob, RangesEqualThoseOfOnnxRuntime) {
    for (const char* model : {"lenet", "shifted"}) {
        const json want = json::parse(
            readFile(std::string(CLIPSCOPE_TEST_DATA "/examples/") + model + "_ranges.json"));
        const json listing =
            parsed(clipscope({"inspect", file(std::string(model) + ".clipscope"), "--json"}));
        for (const auto& [name, range] : want.items()) {
            const json tensor = tensorOf(listing, name);
            const double min = range.at("min");
            const double max = range.at("max");
            const double tolerance = 1e-4 * std::max(std::fabs(min), std::fabs(max));
            EXPECT_NEAR(tensor.at("min").get<double>(), min, tolerance) << name;
            EXPECT_NEAR(tensor.at("max").get<double>(), max, tolerance) << name;
            EXPECT_EQ(tensor.at("nan"), 0);
        }
    }
}

TEST_F(MainJob, TheShiftedTensorGainsFromAnAffineRange) {
    const json one =
        parsed(clipscope({"inspect", file("shifted.clipscope"), "--tensor", "plus5", "--json"}));
    const json ranges = one.at("ranges");
    EXPECT_GE(ranges.at("symmetric").at("bits_lost").get<double>(), 0.9);
    EXPECT_GT(ranges.at("affine").at("sqnr_db").get<double>(),
              ranges.at("symmetric").at("sqnr_db").get<double>() + 3);
    EXPECT_GT(ranges.at("free_affine").at("sqnr_db").get<double>(),
              ranges.at("affine").at("sqnr_db").get<double>() + 1);
    EXPECT_NE(one.at("verdict").get<std::string>().find("affine range would gain"),
              std::string::npos);
}

TEST_F(MainJob, RunEqualsOnnxRuntime) {
    for (const std::string model : {"lenet", "shifted"}) {
        const std::string out = file(model + "_outputs.npz");
        const ProcessResult result = clipscope({"run", kExamples + "/" + model + ".onnx", "--data",
                                                kDigits, "--limit", "20", "-o", out});
        ASSERT_EQ(result.status, 0) << result.err;
        const data::NpzReader want(CLIPSCOPE_TEST_DATA "/examples/" + model + "_outputs.npz");
        const data::NpzReader got(out);
        ASSERT_FALSE(want.names().empty());
        EXPECT_EQ(got.names(), want.names());
        for (const std::string& name : want.names()) {
            const Tensor a = got.read(name);
            const Tensor b = want.read(name);
            ASSERT_EQ(a.shape(), b.shape());
            double difference = 0;
            double largest = 0;
            for (size_t i = 0; i < a.values<float>().size(); ++i) {
                const double x = a.values<float>()[i];
                const double y = b.values<float>()[i];
                difference = std::max(difference, std::fabs(x - y));
                largest = std::max(largest, std::fabs(y));
            }
            EXPECT_LE(difference, 1e-4 * largest) << model << " " << name;
        }
    }
}

TEST_F(MainJob, BatchesGiveTheSameRanges) {
    const json one = parsed(clipscope({"inspect", lenet(), "--json"}));
    const json five = parsed(clipscope(
        {"calibrate", kExamples + "/lenet.onnx", "--data", kDigits, "--batch", "7", "--json"}));
    for (const json& tensor : one.at("tensors")) {
        const json other = tensorOf(five, tensor.at("name"));
        EXPECT_EQ(other.at("count"), tensor.at("count"));
        EXPECT_NEAR(other.at("amax").get<double>(), tensor.at("amax").get<double>(),
                    1e-5 * tensor.at("amax").get<double>());
    }
}

TEST_F(MainJob, MethodsAreComparedAndStored) {
    const json compared = parsed(clipscope({"thresholds", lenet(), "--json"}));
    const json conv2 = tensorOf(compared, "conv2");
    for (const char* method :
         {"minmax", "entropy", "entropy-gtc", "entropy-trt", "percentile", "mse"})
        EXPECT_GT(conv2.at("methods").at(method).at("threshold").get<double>(), 0) << method;
    const double mse = conv2.at("methods").at("mse").at("sqnr_db");
    for (const auto& [name, method] : conv2.at("methods").items())
        EXPECT_LE(method.at("sqnr_db").get<double>(), mse + 0.005) << name;
    const json stored = parsed(clipscope(
        {"thresholds", lenet(), "--method", "minmax", "-o", file("minmax.clipscope"), "--json"}));
    const json row = tensorOf(stored, "ip2");
    EXPECT_EQ(row.at("method"), "minmax");
    EXPECT_NEAR(row.at("threshold").get<double>(), row.at("amax").get<double>(),
                1e-6 * row.at("amax").get<double>());
    ASSERT_EQ(clipscope({"export", file("minmax.clipscope"), "-o", file("minmax.cache")}).status,
              0);
    EXPECT_EQ(lines(readFile(file("minmax.cache")))[0], "TRT-8601-MinMaxCalibration");
}

TEST_F(MainJob, MergedShardsAreTheSessionOfOneRunToTheByte) {
    std::vector<std::string> merge{"merge"};
    for (const char* shard : {"3/3", "1/3", "2/3"}) {
        merge.push_back(file(std::string("part") + shard[0] + ".clipscope"));
        ASSERT_EQ(clipscope({"calibrate", kExamples + "/lenet.onnx", "--data", kDigits, "--shard",
                             shard, "--session", merge.back()})
                      .status,
                  0);
    }
    merge.insert(merge.end(), {"-o", file("whole.clipscope")});
    const ProcessResult merged = clipscope(merge);
    ASSERT_EQ(merged.status, 0) << merged.err;
    EXPECT_EQ(readFile(file("whole.clipscope")), readFile(lenet()));
    const ProcessResult twice = clipscope(
        {"merge", file("part1.clipscope"), file("whole.clipscope"), "-o", file("t.clipscope")});
    EXPECT_EQ(twice.status, 2);
    EXPECT_NE(twice.err.find("count twice"), std::string::npos) << twice.err;
    const ProcessResult other =
        clipscope({"merge", lenet(), file("shifted.clipscope"), "-o", file("t.clipscope")});
    EXPECT_NE(other.err.find("different models"), std::string::npos) << other.err;
    EXPECT_FALSE(std::filesystem::exists(file("t.clipscope")));
}

TEST_F(MainJob, CoverageSaysWhy) {
    const ProcessResult model = clipscope({"inspect", kExamples + "/lenet.onnx"});
    EXPECT_EQ(model.status, 0);
    EXPECT_NE(model.out.find("8 of 10 tensors get a scale: 1 fused, 1 float"), std::string::npos);
    EXPECT_NE(model.out.find("no INT8 Softmax"), std::string::npos);
    const ProcessResult session = clipscope({"inspect", lenet(), "--coverage"});
    EXPECT_NE(session.out.find("8 of 10 tensors get a scale: 1 fused, 1 float"), std::string::npos);
}

TEST_F(MainJob, EveryCommandHasHelpWithAnExample) {
    for (const char* command :
         {"calibrate", "inspect", "thresholds", "curve", "set", "export", "merge", "run"}) {
        const ProcessResult help = clipscope({command, "--help"});
        EXPECT_EQ(help.status, 0) << command;
        EXPECT_NE(help.out.find("Example:\n  clipscope " + std::string(command)), std::string::npos)
            << help.out;
    }
}

}  // namespace
}  // namespace clipscope
