// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/selection_history.h"

#include <gtest/gtest.h>

#include "tests/widgets/small_session.h"

namespace clipscope::widgets {
namespace {

TEST(SelectionHistory, GoesBackAndForward) {
    Document document;
    SelectionHistory history(document);
    document.setSession(smallSession(), {});
    EXPECT_FALSE(history.canGoBack());
    document.select(1);
    document.select(2);
    history.back();
    EXPECT_EQ(document.selected(), 1);
    EXPECT_TRUE(history.canGoForward());
    history.back();
    EXPECT_EQ(document.selected(), 0);
    EXPECT_FALSE(history.canGoBack());
    history.forward();
    history.forward();
    EXPECT_EQ(document.selected(), 2);
    EXPECT_FALSE(history.canGoForward());
}

TEST(SelectionHistory, AnotherSelectionForgetsWhatWasAhead) {
    Document document;
    SelectionHistory history(document);
    document.setSession(smallSession(), {});
    document.select(1);
    history.back();
    document.select(2);
    EXPECT_FALSE(history.canGoForward());
    history.back();
    EXPECT_EQ(document.selected(), 0);
}

TEST(SelectionHistory, AnotherSessionStartsAnew) {
    Document document;
    SelectionHistory history(document);
    document.setSession(smallSession(), {});
    document.select(2);
    document.setSession(smallSession(), {});
    EXPECT_FALSE(history.canGoBack());
}

}  // namespace
}  // namespace clipscope::widgets
