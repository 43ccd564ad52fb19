// SPDX-License-Identifier: Apache-2.0
// selftest without a GPU, and whole with GPUs whose kernels are stepped on the CPU.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>

#include "tests/cli/process.h"

namespace clipscope {
namespace {

const std::string kExamples = CLIPSCOPE_EXAMPLES;
const std::vector<std::string> kLenet{"--compare", "cpu", kExamples + "/lenet.onnx", "--data",
                                      kExamples + "/digits"};

ProcessResult stepped(std::vector<std::string> arguments, const char* how = "") {
    arguments.insert(arguments.begin(), "selftest");
    return Process(
               arguments, [how] { ::setenv("CLIPSCOPE_STEPPED", how, 1); },
               CLIPSCOPE_STEPPED_BINARY)
        .wait();
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

void expectRefused(const ProcessResult& result, const std::vector<std::string>& parts) {
    EXPECT_EQ(result.status, 2) << result.out << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    for (const std::string& part : parts)
        EXPECT_TRUE(holds(result.err, part)) << "'" << part << "' is missing from " << result.err;
}

#if !defined(CLIPSCOPE_HAVE_CUDA)
TEST(Selftest, WithoutAGpuSaysWhyAndWhatToDo) {
    const ProcessResult found = clipscope({"selftest"});
    EXPECT_EQ(found.status, 0);
    EXPECT_TRUE(found.out.starts_with("skipped: this build of Clipscope cannot use a GPU: build "))
        << found.out;
    expectRefused(clipscope({"selftest", "--device", "cuda"}),
                  {"cannot use a GPU", "build it with -DCLIPSCOPE_CUDA=ON", "--device cpu"});
    const auto json = nlohmann::json::parse(clipscope({"selftest", "--json"}).out);
    EXPECT_TRUE(json.at("devices").empty());
    EXPECT_TRUE(json.at("passed").is_null());
    EXPECT_TRUE(holds(json.at("skipped"), "cannot use a GPU"));
}
#endif

TEST(Selftest, AMachineWithoutAGpuIsSkippedOrRefused) {
    const ProcessResult found = stepped({}, "none");
    EXPECT_EQ(found.status, 0) << found.err;
    EXPECT_EQ(found.out, "skipped: there is no stepped GPU: install one\n");
    expectRefused(stepped({"--device", "cuda"}, "none"), {"there is no stepped GPU"});
    expectRefused(stepped({"--device", "cuda:7"}), {"there is no GPU 7"});
}

TEST(Selftest, RefusesWhatIsNotWhole) {
    expectRefused(clipscope({"selftest", "--device", "cpu"}), {"holds a GPU against the CPU"});
    expectRefused(clipscope({"selftest", "--device", "tpu"}), {"--device wants"});
    expectRefused(clipscope({"selftest", "--tf32"}), {"--tf32", "leave it out"});
    expectRefused(clipscope({"selftest", "model.onnx"}), {"'model.onnx'", "--compare cpu"});
    expectRefused(clipscope({"selftest", "--data", "x"}), {"--data", "--compare cpu MODEL"});
    expectRefused(clipscope({"selftest", "--compare", "cpu"}), {"needs a model", "--data PATH"});
    expectRefused(clipscope({"selftest", "--compare", "cpu", "m.onnx"}), {"needs samples"});
    EXPECT_EQ(clipscope({"selftest", "--compare", "gpu"}).status, 2);
    const ProcessResult gone =
        stepped({"--compare", "cpu", "gone.onnx", "--data", kExamples, "--bandwidth-mib", "0"});
    EXPECT_EQ(gone.status, 2);
    EXPECT_TRUE(holds(gone.err, "gone.onnx")) << gone.err;
}

TEST(Selftest, HelpSaysWhatTheStatusMeans) {
    const ProcessResult help = clipscope({"selftest", "--help"});
    EXPECT_EQ(help.status, 0);
    for (const char* part : {"Exit status 1 on a difference", "--compare", "--bandwidth-mib"})
        EXPECT_TRUE(holds(help.out, part)) << part;
}

TEST(Selftest, HoldsAGpuAgainstTheCpu) {
    std::vector<std::string> arguments{"--device", "cuda", "--bandwidth-mib", "1", "--limit", "4"};
    arguments.insert(arguments.end(), kLenet.begin(), kLenet.end());
    const ProcessResult result = stepped(arguments);
    EXPECT_EQ(result.status, 0) << result.out << result.err;
    for (const char* part :
         {"stepped\n", "Conv depthwise", "histogram of a constant", "% of the copy",
          "tensors of lenet.onnx, 4 samples: amax differs by", "\npassed: ", ", 0 differ"})
        EXPECT_TRUE(holds(result.out, part)) << "'" << part << "' is missing from " << result.out;

    arguments.push_back("--json");
    const auto json = nlohmann::json::parse(stepped(arguments).out);
    EXPECT_EQ(json.at("passed"), true);
    const auto& device = json.at("devices").at(0);
    EXPECT_GT(device.at("checks").size(), 30u);
    EXPECT_EQ(device.at("bandwidth").size(), 6u);
    EXPECT_EQ(device.at("calibration").at("samples"), 4);
    EXPECT_GE(device.at("calibration").at("tensors").size(), 8u);
}

TEST(Selftest, EndsWithStatusOneWhereAGpuDiffers) {
    std::vector<std::string> arguments{"--device", "cuda:1",  "--bandwidth-mib",
                                       "0",        "--limit", "2"};
    arguments.insert(arguments.end(), kLenet.begin(), kLenet.end());
    const ProcessResult result = stepped(arguments, "wrong");
    EXPECT_EQ(result.status, 1) << result.out << result.err;
    EXPECT_TRUE(holds(result.out, "bandwidth skipped: --bandwidth-mib is 0")) << result.out;
    EXPECT_TRUE(holds(result.out, "DIFFERS")) << result.out;
    EXPECT_TRUE(holds(result.out, "\nFAILED: ")) << result.out;
}

}  // namespace
}  // namespace clipscope
