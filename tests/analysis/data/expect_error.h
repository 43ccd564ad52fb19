// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "analysis/base/error.h"

/// Expects a clipscope::Error of this code whose message contains `text`.
#define EXPECT_ERROR(statement, expectedCode, text)                                           \
    try {                                                                                     \
        (void)(statement);                                                                    \
        ADD_FAILURE() << "no error from " #statement;                                         \
    } catch (const clipscope::Error& thrown) {                                                \
        EXPECT_EQ(thrown.code(), expectedCode) << thrown.what();                              \
        EXPECT_NE(std::string(thrown.what()).find(text), std::string::npos) << thrown.what(); \
    }
