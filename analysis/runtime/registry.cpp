// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/registry.h"

#include <new>
#include <stdexcept>
#include <unordered_map>

#include "analysis/base/error.h"

namespace clipscope::runtime {

namespace {

/// Models have up to a hundred thousand nodes.
using RowsByType = std::unordered_multimap<std::string_view, const OperatorRow*>;

RowsByType rowsByType() {
    RowsByType rows;
    for (const OperatorRow& row : operatorRows())
        rows.emplace(row.type, &row);
    return rows;
}

}  // namespace

const OperatorRow* findOperator(std::string_view domain, std::string_view type, int opset) {
    static const RowsByType kRows = rowsByType();
    const OperatorRow* best = nullptr;
    const auto [begin, end] = kRows.equal_range(type);
    for (auto it = begin; it != end; ++it) {
        const OperatorRow& row = *it->second;
        if (row.domain == domain && row.since <= opset && (!best || row.since > best->since))
            best = &row;
    }
    return best;
}

void runOperator(const OperatorRow& row, OpContext& context) {
    try {
        row.run(context);
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::OutOfMemory, "there is no memory for what it needs");
    } catch (const std::length_error&) {
        throw Error(ErrorCode::OutOfMemory, "there is no memory for what it needs");
    } catch (const std::out_of_range&) {
        throw Error(ErrorCode::BadInput, "an input, output or attribute has too few elements");
    }
    context.requireOutputs();
}

}  // namespace clipscope::runtime
