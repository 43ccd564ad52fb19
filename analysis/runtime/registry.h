// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

/// Where a function runs: Device functions call nothing but the Device's methods and run wherever
/// the tensors are; Host functions read elements and run on the CPU.
enum class Placement { Device, Host };

/// Operands that the executor gives to the function as float32, whose results it casts back: those
/// of float16 and bfloat16, or of float64 too, for functions that lack them. Float64 results then
/// have the precision of float32, as the histograms do; values beyond its range are refused.
enum class Widening { None, Halves, Floats };

/// What the function can take besides row-major tensors; the others the executor converts. Of an
/// Elementwise one it gives the operands in memory order and relabels the results; one that is also
/// InPlace may write its output over an operand that nobody else needs: it calls the device once,
/// which reads an element before it writes the same one.
enum class Layouts { RowMajor, Elementwise, InPlace, Any };

/// What becomes of constant weights between runs: they are read as they are, devices repack input 1
/// into a layout of their own, or every executor keeps them in another form.
enum class Weights { Read, Repacked, Kept };

/// One operator from version `since` of `domain` on, until a row of a later `since`.
struct OperatorRow {
    std::string_view type;
    int since = 1;
    void (*run)(OpContext&) = nullptr;
    Placement placement = Placement::Device;
    std::string_view domain = "";
    Widening widening = Widening::None;
    Layouts layouts = Layouts::RowMajor;
    Weights weights = Weights::Read;
};

constexpr OperatorRow halvesInFloat32(OperatorRow row) {
    row.widening = Widening::Halves;
    return row;
}

constexpr OperatorRow inFloat32(OperatorRow row) {
    row.widening = Widening::Floats;
    return row;
}

constexpr OperatorRow elementwise(OperatorRow row) {
    row.layouts = Layouts::Elementwise;
    return row;
}

constexpr OperatorRow inPlace(OperatorRow row) {
    row.layouts = Layouts::InPlace;
    return row;
}

constexpr OperatorRow anyLayout(OperatorRow row) {
    row.layouts = Layouts::Any;
    return row;
}

constexpr OperatorRow repacking(OperatorRow row) {
    row.weights = Weights::Repacked;
    return row;
}

constexpr OperatorRow keeping(OperatorRow row) {
    row.weights = Weights::Kept;
    return row;
}

/// All operators, one row each (ops/registry.cpp).
std::span<const OperatorRow> operatorRows();

/// The row for a node, or null when there is none for its type, domain and opset.
const OperatorRow* findOperator(std::string_view domain, std::string_view type, int opset);

/// Calls the row's function, which makes every output that the node names. The standard library's
/// exceptions are those of sizes and places that the model gave: they become Error.
void runOperator(const OperatorRow& row, OpContext& context);

}  // namespace clipscope::runtime
