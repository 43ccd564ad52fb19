// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/atomic_file.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "analysis/base/error.h"
#include "tests/temporary_folder.h"

namespace clipscope {
namespace {

TEST(AtomicFile, ReplacesTheWholeContent) {
    const TemporaryFolder folder;
    writeFileAtomically(folder / "a.txt", "first, and longer");
    writeFileAtomically(folder / "a.txt", "second");
    EXPECT_EQ(readFile(folder / "a.txt"), "second");
    EXPECT_EQ(folder.fileCount(), 1u);
}

TEST(AtomicFile, NamesAMissingFolder) {
    const TemporaryFolder folder;
    try {
        writeFileAtomically(folder / "none" / "a.txt", "x");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Io);
        EXPECT_NE(std::string(error.what()).find("none/a.txt"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("No such file or directory"), std::string::npos);
    }
}

TEST(AtomicFile, KeepsTheOldContentWhenTheDiskIsFull) {
    const TemporaryFolder folder;
    writeFileAtomically(folder / "a.txt", "old");
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{4096, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    EXPECT_THROW(writeFileAtomically(folder / "a.txt", std::string(1 << 20, 'x')), Error);
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(readFile(folder / "a.txt"), "old");
    EXPECT_EQ(folder.fileCount(), 1u);
}

TEST(AtomicFile, RefusesToReadAFolder) {
    const TemporaryFolder folder;
    EXPECT_THROW(readFile(folder.path()), Error);
}

}  // namespace
}  // namespace clipscope
