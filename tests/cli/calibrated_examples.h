// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/process.h"
#include "tests/temporary_folder.h"

namespace clipscope {

using nlohmann::json;

inline const std::string kExamples = CLIPSCOPE_EXAMPLES;
inline const std::string kDigits = kExamples + "/digits";

inline std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        out.push_back(line);
    return out;
}

inline json parsed(const ProcessResult& result) {
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(result.out, nullptr, false);
}

inline json tensorOf(const json& listing, const std::string& name) {
    for (const json& tensor : listing.at("tensors"))
        if (tensor.at("name") == name)
            return tensor;
    ADD_FAILURE() << "no tensor " << name;
    return {};
}

/// Both examples calibrated once for a suite of tests: NAME.clipscope and NAME.cache of "lenet" and
/// "shifted" in a folder of its own.
class CalibratedExamples : public testing::Test {
protected:
    static void SetUpTestSuite() {
        s_folder = std::make_unique<TemporaryFolder>();
        for (const char* model : {"lenet", "shifted"}) {
            const ProcessResult result =
                clipscope({"calibrate", kExamples + "/" + model + ".onnx", "--data", kDigits,
                           "--session", file(std::string(model) + ".clipscope"), "-o",
                           file(std::string(model) + ".cache"), "--format", "tensorrt"});
            ASSERT_EQ(result.status, 0) << result.err;
        }
    }
    static void TearDownTestSuite() { s_folder.reset(); }
    static std::string file(const std::string& name) { return (*s_folder / name).string(); }
    static std::string lenet() { return file("lenet.clipscope"); }

private:
    static inline std::unique_ptr<TemporaryFolder> s_folder;
};

}  // namespace clipscope
