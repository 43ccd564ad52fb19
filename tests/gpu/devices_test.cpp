// SPDX-License-Identifier: Apache-2.0
// What the window and the command line get to know of GPUs, with those of open_stepped.cpp.
#include "app/devices/devices.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "tests/expect_error.h"

namespace clipscope::app {
namespace {

TEST(Devices, AreListedWithTheirMemoryAndOpened) {
    const auto catalog = gpuCatalog();
    const std::vector<runtime::DeviceInfo> gpus = catalog->list();
    ASSERT_EQ(gpus.size(), 2u);
    EXPECT_EQ(gpus[1].id, "cuda:1");
    EXPECT_EQ(gpus[1].name, "Stepped Two");
    EXPECT_EQ(gpus[1].memoryBytes, size_t{4} << 30);
    EXPECT_EQ(gpus[1].freeBytes, size_t{2} << 30);
    EXPECT_EQ(catalog->open("cuda:1")->name(), "stepped");
    expectError([&] { catalog->open("cuda:2"); }, {"no GPU 2"});
    expectError([&] { catalog->open("cpu"); }, {"'cpu'", "cuda:0"});
    expectError([&] { catalog->open("cuda:x"); }, {"'cuda:x'", "cuda:0"});
}

TEST(Devices, SayWhyThereIsNone) {
    ::setenv("CLIPSCOPE_STEPPED", "none", 1);
    expectError([] { gpuCatalog()->list(); }, {"there is no stepped GPU"});
    ::unsetenv("CLIPSCOPE_STEPPED");
}

}  // namespace
}  // namespace clipscope::app
