// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/graph_inputs.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

/// Shape, or "?" for dynamic extents, of what an input declares.
std::string declared(const graph::DeclaredShape& shape) {
    std::string text;
    for (const int64_t extent : shape)
        text += (text.empty() ? "" : "x") + (extent < 0 ? "?" : std::to_string(extent));
    return text.empty() ? "scalar" : text;
}

bool fits(const Shape& shape, const graph::DeclaredShape& declaredShape) {
    return std::ranges::equal(shape, declaredShape,
                              [](int64_t got, int64_t want) { return want < 0 || got == want; });
}

}  // namespace

const Tensor& inputFor(const graph::Value& input, const std::map<std::string, Tensor>& given) {
    const auto it = given.find(input.name);
    if (it == given.end())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the model's input '{}' has no data; give it with --data or "
                                "--input {}=PATH",
                                input.name, input.name));
    const Tensor& tensor = it->second;
    if (tensor.type() != input.type || (input.shape && !fits(tensor.shape(), *input.shape)))
        throw Error(ErrorCode::BadInput,
                    fmt::format("input '{}' is {}, but the model wants {} {}", input.name,
                                tensor.toString(), name(input.type),
                                input.shape ? declared(*input.shape) : "of any shape"));
    return tensor;
}

}  // namespace clipscope::runtime
