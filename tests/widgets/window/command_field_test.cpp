// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/command_field.h"

#include <gtest/gtest.h>

#include "tests/widgets/small_session.h"

namespace clipscope::widgets {
namespace {

struct CommandFieldTest : testing::Test {
    Document document;
    CommandField field{document};
    QAction run{"&Run it"};
    QAction off{"Switched off"};
    int runs = 0;

    CommandFieldTest() {
        document.setSession(smallSession(), "small.clipscope");
        off.setEnabled(false);
        field.setCommands({&run, &off});
        QObject::connect(&run, &QAction::triggered, [this] { ++runs; });
        QObject::connect(&off, &QAction::triggered, [this] { runs += 100; });
    }
};

TEST_F(CommandFieldTest, SelectsATensor) {
    EXPECT_TRUE(field.activate("pool"));
    EXPECT_EQ(document.selected(), 2);
    EXPECT_TRUE(field.text().isEmpty());
}

TEST_F(CommandFieldTest, APartOfTheNameIsEnough) {
    EXPECT_TRUE(field.activate("CON"));
    EXPECT_EQ(document.selected(), 1);
}

TEST_F(CommandFieldTest, RunsACommandThatIsEnabled) {
    EXPECT_TRUE(field.activate("run"));
    EXPECT_EQ(runs, 1);
    EXPECT_FALSE(field.activate("switched off"));
    EXPECT_EQ(runs, 1);
}

TEST_F(CommandFieldTest, NothingIsDoneForWhatDoesNotExist) {
    EXPECT_FALSE(field.activate("nothing like that"));
    EXPECT_FALSE(field.activate("  "));
    EXPECT_EQ(document.selected(), 0);
}

}  // namespace
}  // namespace clipscope::widgets
