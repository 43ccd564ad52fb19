// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/functors/regions.h"

#include <vector>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/functors/deform.h"

namespace clipscope::runtime {
namespace {

/// Of a bin; the same for all channels.
template <typename T>
std::vector<functors::RegionTaps<T>> samplesOf(const RegionForm& form,
                                               const functors::RegionBin<T>& bin, int64_t row,
                                               int64_t column) {
    std::vector<functors::RegionTaps<T>> samples;
    for (int64_t i = 0; i < bin.rows; ++i)
        for (int64_t j = 0; j < bin.columns; ++j)
            samples.push_back(functors::regionTaps(form, bin, row, column, i, j));
    return samples;
}

template <typename T>
void align(const RegionForm& form, std::span<const int64_t> batches, const Tensor& x,
           const Tensor& regions, Tensor& y) {
    const int64_t channels = x.shape()[1];
    const T* from = x.values<T>().data();
    const T* region = regions.values<T>().data();
    T* to = y.mutableValues<T>().data();
    const int64_t bins = form.bins();
    parallelFor(std::ssize(batches) * bins, 16, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t r = i / bins;
            const functors::RegionBin<T> bin = functors::binOf(form, region + r * 4);
            const auto samples =
                samplesOf(form, bin, i % bins / form.pooledWidth, i % form.pooledWidth);
            for (int64_t c = 0; c < channels; ++c) {
                const int64_t plane = batches[static_cast<size_t>(r)] * channels + c;
                functors::RegionSum<T> sum;
                for (const functors::RegionTaps<T>& taps : samples)
                    sum.add(from + plane * form.height * form.width, taps, form.isMaximum);
                to[(r * channels + c) * bins + i % bins] = sum.result(form.isMaximum);
            }
        }
    });
}

template <typename T>
void fillColumns(const DeformForm& form, const Tensor& x, const Tensor& offsets, const Tensor* mask,
                 Tensor& columns) {
    const T* from = x.values<T>().data();
    const T* moves = offsets.values<T>().data();
    const T* weights = mask ? mask->values<T>().data() : nullptr;
    T* to = columns.mutableValues<T>().data();
    const int64_t positions = form.positions();
    parallelFor(form.channels * form.taps(), 1, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i)
            for (int64_t p = 0; p < positions; ++p)
                to[i * positions + p] = functors::deformedAt(form, from, moves, weights, i, p);
    });
}

}  // namespace

void CpuDevice::alignRegions(const RegionForm& form, std::span<const int64_t> batches,
                             const Tensor& x, const Tensor& regions, Tensor& y) {
    (x.type() == DType::Float64 ? align<double> : align<float>)(form, batches, x, regions, y);
}

void CpuDevice::deformColumns(const DeformForm& form, const Tensor& x, const Tensor& offsets,
                              const Tensor* mask, Tensor& columns) {
    (x.type() == DType::Float64 ? fillColumns<double> : fillColumns<float>)(form, x, offsets, mask,
                                                                            columns);
}

}  // namespace clipscope::runtime
