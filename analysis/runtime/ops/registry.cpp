// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/registry.h"

#include <array>

namespace clipscope::runtime {

std::span<const OperatorRow> operatorRows() {
    static constexpr std::array<OperatorRow, 0> kRows{};
    return kRows;
}

}  // namespace clipscope::runtime
