// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace clipscope::formats {

inline std::filesystem::path dataFolder() {
    return std::filesystem::path(CLIPSCOPE_TEST_DATA) / "formats";
}

inline std::string bytesOf(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::filesystem::path> cachesIn(const std::string& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& file : std::filesystem::directory_iterator(dataFolder() / folder)) {
        if (file.path().extension() == ".cache")
            paths.push_back(file.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

inline std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    for (size_t begin = 0; begin < text.size();) {
        const size_t end = std::min(text.find('\n', begin), text.size() - 1);
        lines.push_back(text.substr(begin, end - begin + 1));
        begin = end + 1;
    }
    return lines;
}

}  // namespace clipscope::formats
