// SPDX-License-Identifier: Apache-2.0
// Files of ranges from the command line: read, edited and written back byte for byte.
#include <filesystem>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "tests/cli/process.h"
#include "tests/temporary_folder.h"

namespace clipscope {
namespace {

TEST(Ranges, RealCachesAreWrittenBackByteForByte) {
    const TemporaryFolder folder;
    size_t seen = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(CLIPSCOPE_TEST_DATA "/formats/real")) {
        if (entry.path().extension() != ".cache")
            continue;
        ++seen;
        const std::string copy = (folder / "copy.cache").string();
        const ProcessResult result =
            clipscope({"export", entry.path().string(), "-o", copy, "--format", "tensorrt"});
        ASSERT_EQ(result.status, 0) << entry.path() << result.err;
        EXPECT_EQ(readFile(copy), readFile(entry.path())) << entry.path();
        EXPECT_EQ(clipscope({"inspect", entry.path().string()}).status, 0);
    }
    EXPECT_EQ(seen, 32u);
}

TEST(Ranges, SetChangesOneLineOfACache) {
    const TemporaryFolder folder;
    const std::string path = (folder / "a.cache").string();
    const std::string rest = "conv1: 3c88edfc\r\nodd line\nip1: ";
    writeFileAtomically(path, "TRT-7000-EntropyCalibration2\n" + rest + "3db6bd6e");
    ASSERT_EQ(clipscope({"set", path, "ip1", "--threshold", "1"}).status, 0);
    // float32(1 / 127) = 0x3c010204
    EXPECT_EQ(readFile(path), "TRT-7000-EntropyCalibration2\n" + rest + "3c010204");
    const ProcessResult wrong = clipscope({"set", path, "ip2", "--threshold", "1"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_NE(wrong.err.find("ip1"), std::string::npos);
    EXPECT_EQ(clipscope({"set", path, "ip1", "--float"}).status, 2);
}

TEST(Ranges, AGivenHeaderReplacesTheOneRead) {
    const TemporaryFolder folder;
    writeFileAtomically(folder / "a.cache", "TRT-7000-EntropyCalibration2\ndata: 3c008912\n");
    ASSERT_EQ(clipscope({"export", (folder / "a.cache").string(), "-o",
                         (folder / "b.cache").string(), "--header", "TRT-8601-EntropyCalibration2"})
                  .status,
              0);
    EXPECT_EQ(readFile(folder / "b.cache"), "TRT-8601-EntropyCalibration2\ndata: 3c008912\n");
}

}  // namespace
}  // namespace clipscope
