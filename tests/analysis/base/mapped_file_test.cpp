// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/mapped_file.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace clipscope {
namespace {

TEST(MappedFile, ShowsTheBytesAndOutlivesTheName) {
    const TemporaryFolder folder;
    writeFileAtomically(folder / "a", "hello");
    const auto file = MappedFile::open(folder / "a");
    std::filesystem::remove(folder / "a");
    ASSERT_EQ(file->bytes().size(), 5u);
    EXPECT_EQ(static_cast<char>(file->bytes()[4]), 'o');
}

TEST(MappedFile, AnEmptyFileIsEmpty) {
    const TemporaryFolder folder;
    writeFileAtomically(folder / "a", "");
    EXPECT_TRUE(MappedFile::open(folder / "a")->bytes().empty());
}

TEST(MappedFile, NamesWhatItCannotOpen) {
    const TemporaryFolder folder;
    expectError([&] { MappedFile::open(folder / "none"); }, {"none", "No such file"});
    expectError([&] { MappedFile::open(folder.path()); }, {"Is a directory"});
}

}  // namespace
}  // namespace clipscope
