// SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention.h"
#include "analysis/runtime/ops/rotary.h"
#include "analysis/runtime/ops/transformer.h"

namespace clipscope::runtime {
namespace {

/// Half of the attribute rotary_embedding_dim, or of a head.
int64_t rotatedPairs(const OpContext& context, const HeadLayout& layout) {
    const int64_t given = context.attributes().getInt("rotary_embedding_dim", 0);
    if (given < 0 || given > layout.size)
        throw Error(ErrorCode::BadInput, fmt::format("{} elements of {} cannot be rotated", given,
                                                     context.input(0).toString()));
    return (given == 0 ? layout.size : given) / 2;
}

bool isInterleaved(const OpContext& context) {
    return context.attributes().getInt("interleaved", 0) != 0;
}

}  // namespace

/// Inputs x, cosines and sines: of each position, or those that the position ids name.
void runRotaryEmbedding(OpContext& context) {
    const Tensor& x = context.input(0);
    const HeadLayout layout = headLayout(x, context.attributes().getInt("num_heads", 0));
    const RotaryTable table{context.input(1), context.input(2), rotatedPairs(context, layout),
                            isInterleaved(context)};
    std::vector<int64_t> rows(static_cast<size_t>(layout.batches * layout.positions));
    if (context.hasInput(3)) {
        if (table.cosines.rank() != 2)
            throw Error(ErrorCode::BadInput,
                        fmt::format("the cosines {} need two axes", table.cosines.toString()));
        rows = context.ints(3);
    } else {
        if (table.cosines.elementCount() != std::ssize(rows) * table.half)
            throw Error(ErrorCode::BadInput, fmt::format("the cosines {} do not fit the input {}",
                                                         table.cosines.toString(), x.toString()));
        std::iota(rows.begin(), rows.end(), 0);
    }
    context.setOutput(0, rotated(context.device(), x, layout, table, rows));
}

/// Inputs x, positions (an id for each, or that of the first), cosines and sines by id.
void runMicrosoftRotaryEmbedding(OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    const Tensor& x = context.input(0);
    const Tensor& cosines = context.input(2);
    if (attributes.getFloat("scale", 1) != 1 || attributes.getInt("is_packed_batching", 0) != 0)
        throw Error(ErrorCode::Unsupported,
                    "attribute 'scale' or 'is_packed_batching' is set, which is not supported");
    if (x.rank() < 3 || cosines.rank() != 2)
        throw Error(ErrorCode::BadInput, fmt::format("the cosines {} do not fit the input {}",
                                                     cosines.toString(), x.toString()));
    const int64_t width = 2 * cosines.shape()[1];
    const int64_t heads = attributes.getInt("num_heads", 0);
    const HeadLayout layout =
        headLayout(x, heads > 0 ? heads : x.shape()[2] / std::max<int64_t>(1, width));
    const RotaryTable table{cosines, context.input(3), rotatedPairs(context, layout),
                            isInterleaved(context)};
    std::vector<int64_t> rows = context.ints(1);
    if (rows.size() == 1) {
        const int64_t first = rows[0];
        rows.resize(static_cast<size_t>(layout.batches * layout.positions));
        for (size_t i = 0; i < rows.size(); ++i)
            rows[i] = rotaryRow(first, static_cast<int64_t>(i) % layout.positions);
    }
    context.setOutput(0, rotated(context.device(), x, layout, table, rows));
}

}  // namespace clipscope::runtime
