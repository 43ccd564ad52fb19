// SPDX-License-Identifier: Apache-2.0
// Holds the layers: lower never includes higher, and the library knows neither Qt nor CUDA.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kLayers = {"analysis/base",
                                          "analysis/tensor",
                                          "analysis/histogram",
                                          "analysis/quantization",
                                          "analysis/threshold",
                                          "analysis/graph",
                                          "analysis/runtime",
                                          "analysis/data",
                                          "analysis/evaluation",
                                          "analysis/formats",
                                          "analysis/session",
                                          "widgets",
                                          "app"};

/// Rank of the layer that a root-relative path lies in; -1 for what belongs to none.
int layerOf(const std::string& path) {
    for (size_t i = 0; i < kLayers.size(); ++i)
        if (path.starts_with(kLayers[i] + "/"))
            return static_cast<int>(i);
    return -1;
}

struct Include {
    std::string file;
    std::string target;
    bool quoted;
};

std::vector<Include> includesOf(const std::string& folder) {
    static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    std::vector<Include> includes;
    const fs::path root = CLIPSCOPE_SOURCE_DIR;
    if (!fs::exists(root / folder))
        return includes;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        const std::string extension = entry.path().extension();
        if (extension != ".h" && extension != ".cpp" && extension != ".cu" && extension != ".cuh")
            continue;
        std::ifstream in(entry.path());
        std::smatch match;
        for (std::string line; std::getline(in, line);)
            if (std::regex_search(line, match, kInclude))
                includes.push_back(
                    {entry.path().lexically_relative(root).string(), match[2], match[1] == "\""});
    }
    return includes;
}

TEST(Layers, LowerNeverIncludesHigher) {
    size_t seen = 0;
    for (const char* folder : {"analysis", "widgets", "app"})
        for (const Include& include : includesOf(folder)) {
            const int from = layerOf(include.file);
            const int to = layerOf(include.target);
            EXPECT_GE(from, 0) << include.file << " lies in no layer of design";
            if (to < 0)
                continue;
            ++seen;
            EXPECT_LE(to, from) << include.file << " includes " << include.target;
        }
    EXPECT_GT(seen, 100u);
}

TEST(Layers, IncludesAreRootRelative) {
    static const std::regex kRoot("^(analysis|gpu|widgets|app)/");
    for (const char* folder : {"analysis", "gpu", "widgets", "app"})
        for (const Include& include : includesOf(folder))
            EXPECT_TRUE(!include.quoted || std::regex_search(include.target, kRoot))
                << include.file << " includes " << include.target;
}

TEST(Layers, TheLibraryKnowsNeitherQtNorCuda) {
    static const std::regex kForeign(R"(^(Q[A-Z]|Qt|qcustomplot|cuda|cudnn|cublas|cub/))");
    for (const Include& include : includesOf("analysis"))
        EXPECT_FALSE(std::regex_search(include.target, kForeign))
            << include.file << " includes " << include.target;
    for (const Include& include : includesOf("app/cli"))
        EXPECT_FALSE(std::regex_search(include.target, std::regex("^(Q[A-Z]|Qt)")))
            << include.file << " includes " << include.target;
}

TEST(Layers, TheGpuLibraryIncludesUpToTheRuntime) {
    const int runtime = layerOf("analysis/runtime/x");
    for (const Include& include : includesOf("gpu"))
        EXPECT_LE(layerOf(include.target), runtime)
            << include.file << " includes " << include.target;
}

TEST(Layers, OneFolderKnowsOneDnn) {
    for (const char* folder : {"analysis", "widgets", "app"})
        for (const Include& include : includesOf(folder)) {
            const bool isOneDnn = include.target.find("dnnl") == 0;
            EXPECT_TRUE(!isOneDnn || include.file.starts_with("analysis/runtime/cpu/"))
                << include.file << " includes " << include.target;
        }
}

}  // namespace
