// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/atomic_file.h"

#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

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

TEST(AtomicFile, ASymbolicLinkStaysAndItsTargetIsReplaced) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "real");
    writeFileAtomically(folder / "real" / "a.txt", "old");
    std::filesystem::create_symlink("real/a.txt", folder / "link");
    writeFileAtomically(folder / "link", "new");
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
    EXPECT_EQ(readFile(folder / "real" / "a.txt"), "new");
}

TEST(AtomicFile, APipeIsWrittenToAndNeverReplaced) {
    const TemporaryFolder folder;
    const std::filesystem::path pipe = folder / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
    writeFileAtomically(pipe, "through");
    char text[16] = {};
    EXPECT_EQ(::read(reader, text, sizeof text), 7);
    EXPECT_STREQ(text, "through");
    ::close(reader);
    EXPECT_TRUE(std::filesystem::is_fifo(pipe));
    writeFileAtomically(folder / "temporary", "x");
    EXPECT_THROW(commitFile(folder / "temporary", pipe), Error);
    EXPECT_TRUE(std::filesystem::is_fifo(pipe));
    EXPECT_EQ(folder.fileCount(), 1u);
}

TEST(AtomicFile, RefusesToReadAFolder) {
    const TemporaryFolder folder;
    EXPECT_THROW(readFile(folder.path()), Error);
}

}  // namespace
}  // namespace clipscope
