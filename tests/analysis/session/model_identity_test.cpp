// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/model_identity.h"

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "tests/temporary_folder.h"

namespace clipscope::session {
namespace {

TEST(ModelIdentity, IsTheSha256OfTheFile) {
    // FIPS 180-2, the examples of appendix B
    const TemporaryFolder folder;
    writeFileAtomically(folder / "abc", "abc");
    EXPECT_EQ(sha256OfFile(folder / "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    writeFileAtomically(folder / "empty", "");
    EXPECT_EQ(sha256OfFile(folder / "empty"),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace clipscope::session
