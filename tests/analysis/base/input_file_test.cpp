// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/input_file.h"

#include <array>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "analysis/base/atomic_file.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace clipscope {
namespace {

TEST(InputFile, ReadsWhatStandsAtAPlace) {
    const TemporaryFolder folder;
    writeFileAtomically(folder / "a", "hello");
    const InputFile file(folder / "a");
    EXPECT_EQ(file.size(), 5u);
    std::array<std::byte, 2> two{};
    file.read(2, two);
    EXPECT_EQ(static_cast<char>(two[0]), 'l');
    file.read(0, two);
    EXPECT_EQ(static_cast<char>(two[1]), 'e');
    expectError([&] { file.read(4, two); }, {"a' has changed meanwhile: it ends at byte 5"});
}

TEST(InputFile, DoesNotWaitForAPipe) {
    const TemporaryFolder folder;
    ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
    expectError([&] { InputFile file(folder / "pipe"); }, {"pipe", "no regular file"});
    expectError([&] { InputFile file(folder / "none"); }, {"none", "No such file"});
    expectError([&] { InputFile file(folder.path()); }, {"Is a directory"});
}

}  // namespace
}  // namespace clipscope
