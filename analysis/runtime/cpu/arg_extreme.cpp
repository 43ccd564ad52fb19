// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

template <typename T>
void argExtremeOf(bool largest, bool last, size_t axis, const Tensor& x, Tensor& y) {
    const auto from = x.values<T>();
    const auto to = y.mutableValues<int64_t>();
    const auto length = static_cast<size_t>(x.shape()[axis]);
    const auto stride = static_cast<size_t>(x.shape().elementCount(axis + 1, x.rank()));
    for (size_t i = 0; i < to.size(); ++i) {
        const T* line = from.data() + i / stride * length * stride + i % stride;
        size_t best = 0;
        for (size_t k = 1; k < length; ++k) {
            const T value = line[k * stride];
            const T held = line[best * stride];
            if ((largest ? value > held : value < held) || (last && value == held))
                best = k;
        }
        to[i] = static_cast<int64_t>(best);
    }
}

}  // namespace

void CpuDevice::argExtreme(bool largest, bool last, size_t axis, const Tensor& x, Tensor& y) {
    switch (x.type()) {
        case DType::Float32:
            return argExtremeOf<float>(largest, last, axis, x, y);
        case DType::Float64:
            return argExtremeOf<double>(largest, last, axis, x, y);
        case DType::Int32:
            return argExtremeOf<int32_t>(largest, last, axis, x, y);
        case DType::Int64:
            return argExtremeOf<int64_t>(largest, last, axis, x, y);
        case DType::Int8:
            return argExtremeOf<int8_t>(largest, last, axis, x, y);
        case DType::UInt8:
            return argExtremeOf<uint8_t>(largest, last, axis, x, y);
        default:
            throw Error(ErrorCode::Unsupported,
                        fmt::format("no kernel for {}", clipscope::name(x.type())));
    }
}

}  // namespace clipscope::runtime
