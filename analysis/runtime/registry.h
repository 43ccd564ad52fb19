// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

/// One operator: the version of its domain from which this row holds, until a later row of the
/// same operator. `placement` says where it runs: Device functions call nothing but the Device's
/// methods and run wherever the tensors are; Host functions read elements and run on the CPU.
enum class Placement { Device, Host };

struct OperatorRow {
    std::string_view type;
    int since = 1;
    void (*run)(OpContext&) = nullptr;
    Placement placement = Placement::Device;
    std::string_view domain = "";
};

/// All operators, one row each (ops/registry.cpp).
std::span<const OperatorRow> operatorRows();

/// The row for a node, or null when there is none for its type, domain and opset.
const OperatorRow* findOperator(std::string_view domain, std::string_view type, int opset);

}  // namespace clipscope::runtime
