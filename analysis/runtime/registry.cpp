// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/registry.h"

namespace clipscope::runtime {

const OperatorRow* findOperator(std::string_view domain, std::string_view type, int opset) {
    const OperatorRow* best = nullptr;
    for (const OperatorRow& row : operatorRows())
        if (row.type == type && row.domain == domain && row.since <= opset &&
            (!best || row.since > best->since))
            best = &row;
    return best;
}

}  // namespace clipscope::runtime
