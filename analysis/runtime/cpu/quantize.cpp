// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/quantize_runs.h"
#include "analysis/runtime/granularity.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

[[noreturn]] void refuse(DType type) {
    throw Error(ErrorCode::Unsupported,
                fmt::format("no kernel quantizes {}", clipscope::name(type)));
}

}  // namespace

void CpuDevice::quantize(const Granularity& granularity, const Tensor& x, const Tensor& scales,
                         const Tensor& zeroPoints, Tensor& y) {
    const QuantizeRun run = quantizeRunOf(y.type());
    if (!run)
        refuse(y.type());
    const float* from = x.values<float>().data();
    const float* scale = scales.values<float>().data();
    const float* zero = zeroPoints.values<float>().data();
    std::byte* to = y.mutableBytes();
    const auto size = static_cast<int64_t>(elementSize(y.type()));
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        granularity.forEachRun(begin, end, [&](int64_t first, int64_t last, int64_t s) {
            run(from + first, zero[s], scale[s], to + first * size, last - first);
        });
    });
}

void CpuDevice::dequantize(const Granularity& granularity, const Tensor& x, const Tensor& scales,
                           const Tensor& zeroPoints, Tensor& y) {
    const DequantizeRun run = dequantizeRunOf(x.type());
    if (!run)
        refuse(x.type());
    const std::byte* from = x.bytes();
    const float* scale = scales.values<float>().data();
    const float* zero = zeroPoints.values<float>().data();
    float* to = y.mutableValues<float>().data();
    const auto size = static_cast<int64_t>(elementSize(x.type()));
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        granularity.forEachRun(begin, end, [&](int64_t first, int64_t last, int64_t s) {
            run(from + first * size, zero[s], scale[s], to + first, last - first);
        });
    });
}

}  // namespace clipscope::runtime
