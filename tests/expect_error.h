// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/base/error.h"

namespace clipscope {

/// Expects `action` to throw an Error whose message holds every one of `parts`.
template <typename Action>
void expectError(const Action& action, const std::vector<std::string>& parts) {
    try {
        action();
    } catch (const Error& error) {
        for (const std::string& part : parts)
            EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
                << "'" << part << "' is missing from: " << error.what();
        return;
    }
    ADD_FAILURE() << "no error was thrown";
}

}  // namespace clipscope
