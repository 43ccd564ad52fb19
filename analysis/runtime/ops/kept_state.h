// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <any>
#include <memory>

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// What an operator keeps in its node between runs, made at its first call. NodeState wants what
/// can be copied; its copies share the T.
template <typename T>
T& keptState(NodeState& state) {
    auto* kept = std::any_cast<std::shared_ptr<T>>(&state);
    if (!kept)
        kept = &state.emplace<std::shared_ptr<T>>(std::make_shared<T>());
    return **kept;
}

}  // namespace clipscope::runtime
