// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/op_context.h"

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {

const Tensor& OpContext::input(size_t i) const {
    if (!hasInput(i))
        throw Error(ErrorCode::BadInput, fmt::format("input {} is missing", i));
    return m_inputs[i];
}

std::vector<int64_t> OpContext::ints(size_t i) const {
    return toInt64s(m_device.toHost(input(i)));
}

std::vector<double> OpContext::doubles(size_t i) const {
    return toDoubles(m_device.toHost(input(i)));
}

std::vector<int64_t> OpContext::intsOf(std::string_view attribute, size_t i,
                                       std::vector<int64_t> fallback) const {
    if (attributes().has(attribute))
        return attributes().getInts(attribute);
    return hasInput(i) ? ints(i) : std::move(fallback);
}

Tensor& OpContext::output(size_t i, DType type, const Shape& shape, Layout layout) {
    Tensor& result = m_outputs.at(i);
    if (m_inPlace)
        for (const Tensor& input : m_inputs)
            if (input.type() == type && input.shape() == shape &&
                input.memoryKind() == m_device.memoryKind() &&
                input.buffer().owner.use_count() == 1)
                return result = input;
    result = m_device.allocate(type, shape);
    result.setLayout(layout);
    return result;
}

void OpContext::requireOutputs() const {
    for (size_t i = 0; i < m_outputs.size(); ++i)
        if (hasOutput(i) && !m_outputs[i].isDefined())
            throw Error(ErrorCode::BadInput, fmt::format("it has no output {}", i));
}

}  // namespace clipscope::runtime
