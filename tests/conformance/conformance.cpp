// SPDX-License-Identifier: Apache-2.0
// conformance DATA SKIPPED [PATTERN]: runs the ONNX backend test data under the folder DATA, those
// cases that contain PATTERN. SKIPPED lists cases that are known not to pass, a line each with the
// reason; a "?" before it: whether it passes depends on the version of the data. Exit status 1
// where another case fails or a listed one passes, 77 where there is no case.
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/conformance/conformance_case.h"

namespace {

using namespace clipscope::conformance;

constexpr int kNothingToRun = 77;

std::map<std::string, std::string> readSkipped(const char* path) {
    std::map<std::string, std::string> skipped;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        if (words >> name && name[0] != '#')
            std::getline(words >> std::ws, skipped[name]);
    }
    return skipped;
}

struct Counts {
    int passed = 0;
    int skipped = 0;
    int failed = 0;

    Counts& operator+=(const Counts& other) {
        passed += other.passed;
        skipped += other.skipped;
        failed += other.failed;
        return *this;
    }
    std::string toString() const {
        return fmt::format("{} passed, {} skipped, {} failed", passed, skipped, failed);
    }
};

Counts judge(const Case& conformanceCase, const std::map<std::string, std::string>& skipped) {
    const std::string failure = failureOf(conformanceCase);
    const bool mayPass = skipped.contains("?" + conformanceCase.name);
    const bool isListed = skipped.contains(conformanceCase.name) || (mayPass && !failure.empty());
    if (isListed && !failure.empty())
        return {.skipped = 1};
    if (!isListed && failure.empty())
        return {.passed = 1};
    fmt::print("FAILED {}: {}\n", conformanceCase.name,
               isListed ? "it passes, but stands in the list of skipped cases" : failure);
    std::fflush(stdout);
    return {.failed = 1};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        fmt::print(stderr, "usage: {} DATA SKIPPED [PATTERN]\n", argv[0]);
        return 2;
    }
    const auto skipped = readSkipped(argv[2]);
    const std::string pattern = argc > 3 ? argv[3] : "";
    std::map<std::string, Counts> bySet;
    Counts total;
    for (const Case& conformanceCase : findCases(argv[1])) {
        if (conformanceCase.name.find(pattern) == std::string::npos)
            continue;
        const Counts counts = judge(conformanceCase, skipped);
        bySet[conformanceCase.name.substr(0, conformanceCase.name.find('/'))] += counts;
        total += counts;
    }
    if (bySet.empty()) {
        fmt::print("no cases under {}\n", argv[1]);
        return kNothingToRun;
    }
    for (const auto& [set, counts] : bySet)
        fmt::print("{:<18} {}\n", set, counts.toString());
    fmt::print("{}\n", total.toString());
    return total.failed == 0 ? 0 : 1;
}
