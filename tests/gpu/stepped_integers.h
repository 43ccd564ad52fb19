// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "tests/gpu/stepped_test.h"

/// What the stepped tests of 8-bit integers share.
namespace clipscope::gpu {

inline Tensor randomBytes(DType type, const Shape& shape, unsigned seed) {
    Tensor tensor(type, shape);
    std::mt19937 random(seed);
    for (size_t i = 0; i < tensor.byteSize(); ++i)  // the ends of the range often
        tensor.mutableBytes()[i] = static_cast<std::byte>(
            random() % 4 == 0 ? (random() % 2 == 0 ? 0x80 : 0x7f) : random());
    return tensor;
}

inline int64_t byteAt(const Tensor& tensor, int64_t i) {
    const auto byte = static_cast<uint8_t>(tensor.bytes()[i]);
    return tensor.type() == DType::Int8 ? static_cast<int8_t>(byte) : byte;
}

inline int64_t zeroAt(const Tensor& zero, int64_t i) {
    if (!zero.isDefined())
        return 0;
    return byteAt(zero, zero.elementCount() == 1 ? 0 : i);
}

class SteppedIntegers : public SteppedTest {
protected:
    /// In the device's memory, also where it is small.
    Tensor sent(const Tensor& tensor) {
        m_device->setFew(0);
        const Tensor there = m_device->fromHost(tensor);
        m_device->setFew(1024);
        return there;
    }
};

}  // namespace clipscope::gpu
