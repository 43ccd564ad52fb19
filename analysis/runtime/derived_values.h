// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "analysis/graph/graph.h"
#include "analysis/histogram/clamp.h"

namespace clipscope::runtime {

/// What can be told of a node's output from the node alone: values whose statistics follow from
/// those of the node's first input need not be counted.

/// What a Relu, or a Clip whose bounds are constant, does to each value.
std::optional<histogram::Clamp> clampOf(const graph::Graph& graph, const graph::Node& node);

/// The output holds each value of the first input once, elsewhere (Reshape, Transpose...).
bool onlyMovesValues(const graph::Node& node);

/// Where the output is of rank 3, its channels lie along the last axis (after MatMul, say) and not
/// along axis 1 (after Conv).
bool hasChannelsLast(const graph::Node& node);

}  // namespace clipscope::runtime
