// SPDX-License-Identifier: Apache-2.0
// The cases that need no download: a few of each operator (tests/data/conformance/README.md).
#include <fstream>

#include <gtest/gtest.h>

#include "tests/conformance/conformance_case.h"
#include "tests/temporary_folder.h"
#include "tests/zip_files.h"

namespace clipscope::conformance {
namespace {

TEST(Conformance, TheSelectionPasses) {
    const TemporaryFolder folder;
    const ZipFiles files = readZip(CLIPSCOPE_TEST_DATA "/conformance/node.zip");
    for (const auto& [path, bytes] : files) {
        std::filesystem::create_directories((folder / path).parent_path());
        std::ofstream(folder / path, std::ios::binary) << bytes;
    }
    const std::vector<Case> cases = findCases(folder.path());
    EXPECT_GT(cases.size(), 300u);
    for (const Case& conformanceCase : cases)
        EXPECT_EQ(failureOf(conformanceCase), "") << conformanceCase.name;
}

}  // namespace
}  // namespace clipscope::conformance
