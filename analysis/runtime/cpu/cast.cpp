// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <limits>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cast_loops.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/element_types.h"
#include "analysis/tensor/half.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

/// One element. Floats become integers by truncation, clamped to what the type holds, NaN 0 (ONNX
/// leaves both open); integers wrap.
template <typename To, typename From>
To converted(From x) {
    if constexpr (std::is_same_v<From, Half> || std::is_same_v<From, BFloat16>) {
        return converted<To>(toFloat(x));
    } else if constexpr (std::is_same_v<From, Boolean>) {
        return converted<To>(static_cast<uint8_t>(static_cast<bool>(x)));
    } else if constexpr (std::is_same_v<To, Half>) {
        return toHalf(static_cast<float>(x));
    } else if constexpr (std::is_same_v<To, BFloat16>) {
        return toBFloat16(static_cast<float>(x));
    } else if constexpr (std::is_same_v<To, Boolean>) {
        return Boolean(x != From(0));
    } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
        // The limits as floats: the largest may round up to one more than To holds.
        constexpr From low = static_cast<From>(std::numeric_limits<To>::min());
        constexpr From high = static_cast<From>(std::numeric_limits<To>::max());
        if (x >= high)
            return std::numeric_limits<To>::max();
        if (x > low)
            return static_cast<To>(x);
        return x <= low ? std::numeric_limits<To>::min() : To(0);
    } else {
        return static_cast<To>(x);
    }
}

/// visitElementType and the half types.
template <typename Visitor>
void visitAny(DType type, Visitor&& visitor) {
    if (type == DType::Float16)
        visitor.template operator()<Half>();
    else if (type == DType::BFloat16)
        visitor.template operator()<BFloat16>();
    else if (!visitElementType(type, visitor))
        throw Error(ErrorCode::Unsupported,
                    "cannot cast elements of type " + std::string(name(type)));
}

}  // namespace

void CpuDevice::cast(const Tensor& x, Tensor& y) {
    x.requireRowMajor();
    if (x.type() == y.type()) {
        if (x.byteSize() > 0)
            std::memcpy(y.mutableBytes(), x.bytes(), x.byteSize());
        return;
    }
    if (const CastLoop run = castLoop(x.type(), y.type())) {
        const size_t fromSize = elementSize(x.type());
        const size_t toSize = elementSize(y.type());
        std::byte* to = y.mutableBytes();
        parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
            const auto first = static_cast<size_t>(begin);
            run(x.bytes() + first * fromSize, to + first * toSize, end - begin);
        });
        return;
    }
    visitAny(x.type(), [&]<typename From>() {
        visitAny(y.type(), [&]<typename To>() {
            const auto* from = reinterpret_cast<const From*>(x.bytes());
            auto* to = reinterpret_cast<To*>(y.mutableBytes());
            parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
                for (int64_t i = begin; i < end; ++i)
                    to[i] = converted<To>(from[i]);
            });
        });
    });
}

}  // namespace clipscope::runtime
