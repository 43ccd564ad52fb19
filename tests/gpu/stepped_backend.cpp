// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/stepped_backend.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <span>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::gpu {
namespace {

constexpr size_t kHeader = 256;  // holds the size of a block before it

/// Poisoned.
std::byte* takeBlock(size_t size) {
    auto* block =
        static_cast<std::byte*>(::operator new (size + kHeader, std::align_val_t{kHeader}));
    std::memcpy(block, &size, sizeof size);
    std::memset(block + kHeader, 0xcd, size);
    return block + kHeader;
}

size_t sizeOf(const std::byte* block) {
    size_t size = 0;
    std::memcpy(&size, block - kHeader, sizeof size);
    return size;
}

void giveBack(std::byte* block) {
    ::operator delete (block - kHeader, std::align_val_t{kHeader});
}

}  // namespace

std::byte* SteppedBackend::allocate(size_t size) {
    if (m_liveBytes + size > m_mostBytes)
        throw Error(ErrorCode::OutOfMemory, "the stepped device has no memory left");
    m_liveBytes += size;
    m_peak = std::max<size_t>(m_peak, m_liveBytes);
    return takeBlock(size);
}

void SteppedBackend::release(std::byte* block) noexcept {
    m_liveBytes -= sizeOf(block);
    giveBack(block);
}

std::byte* SteppedBackend::allocatePinned(size_t size) {
    m_pinnedBytes += size;
    return takeBlock(size);
}

void SteppedBackend::releasePinned(std::byte* block) noexcept {
    m_pinnedBytes -= sizeOf(block);
    giveBack(block);
}

void SteppedBackend::copyIn(std::byte* to, const std::byte* pinned, size_t size, Lane) {
    std::memcpy(to, pinned, size);
}

void SteppedBackend::toHost(std::byte* to, const std::byte* from, size_t size) {
    std::memcpy(to, from, size);
}

void SteppedBackend::copy(std::byte* to, const std::byte* from, size_t size) {
    std::memcpy(to, from, size);
}

double SteppedBackend::seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    return m_seconds > 0 ? m_seconds : passed.count();
}

void SteppedBackend::clear(std::byte* block, size_t size) {
    std::memset(block, 0, size);
}

void SteppedBackend::multiply(const Gemm& g) {
    for (int64_t i = 0; i < g.batch; ++i) {
        const float* a = g.a + i * g.strideA;
        const float* b = g.b + i * g.strideB;
        float* c = g.c + i * g.strideC;
        for (int64_t column = 0; column < g.n; ++column)
            for (int64_t row = 0; row < g.m; ++row) {
                double sum = 0;
                for (int64_t k = 0; k < g.k; ++k)
                    sum += static_cast<double>(g.transposeA ? a[row * g.lda + k]
                                                            : a[k * g.lda + row]) *
                           static_cast<double>(g.transposeB ? b[k * g.ldb + column]
                                                            : b[column * g.ldb + k]);
                float& to = c[column * g.ldc + row];
                const double old = g.beta == 0 ? 0 : static_cast<double>(g.beta * to);
                to = static_cast<float>(static_cast<double>(g.alpha) * sum + old) * (1 + m_error);
            }
    }
}

bool SteppedBackend::convolve(const Convolution& c, const float* source, const float* weights,
                              float* destination, const WorkMemory& memory, runtime::NodeState&) {
    const size_t axes = c.pads.size();
    const auto product = [](auto begin, auto end) {
        int64_t count = 1;
        for (; begin != end; ++begin)
            count *= *begin;
        return count;
    };
    ++m_convolutions;
    if (std::max(product(c.x.begin(), c.x.end()), product(c.y.begin(), c.y.end())) >
        m_mostConvolved)
        return false;
    const int64_t inputs = product(c.x.begin() + 2, c.x.end());
    const int64_t outputs = product(c.y.begin() + 2, c.y.end());
    const int64_t taps = product(c.weights.begin() + 2, c.weights.end());
    const int64_t channels = c.weights[1];
    const int64_t perGroup = c.y[1] / c.groups;
    const auto count =
        static_cast<size_t>(c.forward ? c.y[0] * c.y[1] * outputs : c.x[0] * c.x[1] * inputs);
    const std::span<double> sums(reinterpret_cast<double*>(memory(count * sizeof(double))), count);
    std::ranges::fill(sums, 0.0);
    for (int64_t n = 0; n < c.y[0]; ++n)
        for (int64_t o = 0; o < c.y[1]; ++o)
            for (int64_t i = 0; i < channels; ++i)
                for (int64_t at = 0; at < outputs; ++at)
                    for (int64_t tap = 0; tap < taps; ++tap) {
                        int64_t restY = at, restTap = tap, offset = 0, stride = 1;
                        bool inside = true;
                        for (size_t axis = axes; axis-- > 0;) {
                            const int64_t p = restY % c.y[2 + axis] * c.strides[axis] -
                                              c.pads[axis] +
                                              restTap % c.weights[2 + axis] * c.dilations[axis];
                            inside = inside && p >= 0 && p < c.x[2 + axis];
                            offset += p * stride;
                            stride *= c.x[2 + axis];
                            restY /= c.y[2 + axis];
                            restTap /= c.weights[2 + axis];
                        }
                        if (!inside)
                            continue;
                        const int64_t channel = o / perGroup * channels + i;
                        const int64_t inX = (n * c.x[1] + channel) * inputs + offset;
                        const int64_t inY = (n * c.y[1] + o) * outputs + at;
                        const double w =
                            static_cast<double>(weights[(o * channels + i) * taps + tap]);
                        if (c.forward)
                            sums[static_cast<size_t>(inY)] += w * static_cast<double>(source[inX]);
                        else
                            sums[static_cast<size_t>(inX)] += w * static_cast<double>(source[inY]);
                    }
    for (size_t i = 0; i < sums.size(); ++i)
        destination[i] = static_cast<float>(sums[i]);
    return true;
}

std::unique_ptr<GpuDevice> makeSteppedDevice(std::shared_ptr<SteppedBackend> backend) {
    return std::make_unique<GpuDevice>(std::move(backend), std::make_unique<runtime::CpuDevice>());
}

}  // namespace clipscope::gpu
