// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/clamp.h"

#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

CLIPSCOPE_VECTORISE
void applyToAll(const Clamp& clamp, float* values, size_t count) {
    const Clamp own = clamp;  // which no store can change
    for (size_t i = 0; i < count; ++i)
        values[i] = own(values[i]);
}

}  // namespace

void Clamp::applyTo(std::span<float> values) const {
    applyToAll(*this, values.data(), values.size());
}

}  // namespace clipscope::histogram
