// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/ops/bilinear.h"
#include "analysis/runtime/ops/sampling.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kMostSamples = 128;  // along each axis of a bin: detectors take 2

struct RoiForm {
    int64_t height, width;              ///< of the image
    int64_t pooledHeight, pooledWidth;  ///< of what each region becomes
    int64_t samples;                    ///< along each axis of a bin; 0: as many as elements
    double scale;
    bool halfPixel;
    bool isMaximum;
};

/// The samples of one bin, combined for one channel.
template <typename T>
T pooled(const T* plane, const std::vector<BilinearTaps<T>>& samples, bool isMaximum) {
    T result = 0;
    bool isFirst = true;
    for (const BilinearTaps<T>& taps : samples) {
        T value = isMaximum ? taps.weights[0] * plane[taps.offsets[0]] : 0;
        for (size_t t = 0; t < 4; ++t) {
            const T part = taps.weights[t] * plane[taps.offsets[t]];
            value = isMaximum ? std::max(value, part) : value + part;
        }
        result = isMaximum ? (isFirst ? value : std::max(result, value)) : result + value;
        isFirst = false;
    }
    return isMaximum ? result : result / static_cast<T>(std::max<size_t>(1, samples.size()));
}

template <typename T>
struct Bin {
    T top, left, height, width;
    int64_t rows, columns;  ///< samples
};

template <typename T>
Bin<T> firstBin(const RoiForm& form, const T* roi) {
    const auto scale = static_cast<T>(form.scale);
    const T offset = form.halfPixel ? T{0.5} : T{0};
    const T left = roi[0] * scale - offset;
    const T top = roi[1] * scale - offset;
    T width = roi[2] * scale - offset - left;
    T height = roi[3] * scale - offset - top;
    if (!form.halfPixel) {
        width = std::max(width, T{1});
        height = std::max(height, T{1});
    }
    Bin<T> bin{top,
               left,
               height / static_cast<T>(form.pooledHeight),
               width / static_cast<T>(form.pooledWidth),
               form.samples,
               form.samples};
    if (form.samples == 0) {  // a region may be larger than the image, samples need not be more
        const auto count = [](T length, int64_t most) {
            return static_cast<int64_t>(
                std::clamp(std::ceil(length), T{0}, static_cast<T>(2 * most + 2)));
        };
        bin.rows = count(bin.height, form.height);
        bin.columns = count(bin.width, form.width);
    }
    return bin;
}

template <typename T>
std::vector<BilinearTaps<T>> samplesOf(const RoiForm& form, const Bin<T>& bin, int64_t row,
                                       int64_t column) {
    std::vector<BilinearTaps<T>> samples;
    for (int64_t i = 0; i < bin.rows; ++i)
        for (int64_t j = 0; j < bin.columns; ++j) {
            const T y = bin.top + static_cast<T>(row) * bin.height +
                        (static_cast<T>(i) + T{0.5}) * bin.height / static_cast<T>(bin.rows);
            const T x = bin.left + static_cast<T>(column) * bin.width +
                        (static_cast<T>(j) + T{0.5}) * bin.width / static_cast<T>(bin.columns);
            const bool inside = y >= -1 && x >= -1 && y <= static_cast<T>(form.height) &&
                                x <= static_cast<T>(form.width);
            samples.push_back(inside ? bilinearInside(std::max(y, T{0}), std::max(x, T{0}),
                                                      form.height, form.width)
                                     : BilinearTaps<T>{});
        }
    return samples;
}

RoiForm formOf(const OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    const Shape& x = context.input(0).shape();
    const std::string mode = attributes.getString("mode", "avg");
    const std::string coordinates =
        attributes.getString("coordinate_transformation_mode",
                             context.opset() < 16 ? "output_half_pixel" : "half_pixel");
    RoiForm form{x[2],
                 x[3],
                 attributes.getInt("output_height", 1),
                 attributes.getInt("output_width", 1),
                 attributes.getInt("sampling_ratio", 0),
                 attributes.getFloat("spatial_scale", 1),
                 coordinates == "half_pixel",
                 mode == "max"};
    if ((mode != "max" && mode != "avg") || form.pooledHeight < 1 || form.pooledWidth < 1 ||
        form.samples < 0 || form.samples > kMostSamples)
        throw Error(ErrorCode::BadInput,
                    fmt::format("mode '{}', {} x {} outputs or {} samples make no sense", mode,
                                form.pooledHeight, form.pooledWidth, form.samples));
    return form;
}

template <typename T>
Tensor aligned(const RoiForm& form, const Tensor& x, const Tensor& rois,
               const std::vector<int64_t>& batches) {
    const auto count = static_cast<int64_t>(batches.size());
    const int64_t channels = x.shape()[1];
    Tensor y(x.type(), {count, channels, form.pooledHeight, form.pooledWidth});
    const T* from = x.values<T>().data();
    const T* regions = rois.values<T>().data();
    T* to = y.mutableValues<T>().data();
    const int64_t bins = form.pooledHeight * form.pooledWidth;
    parallelFor(count * bins, 16, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t roi = i / bins;
            const Bin<T> bin = firstBin(form, regions + roi * 4);
            const auto samples =
                samplesOf(form, bin, i % bins / form.pooledWidth, i % form.pooledWidth);
            for (int64_t c = 0; c < channels; ++c) {
                const int64_t plane = batches[static_cast<size_t>(roi)] * channels + c;
                to[(roi * channels + c) * bins + i % bins] =
                    pooled(from + plane * form.height * form.width, samples, form.isMaximum);
            }
        }
    });
    return y;
}

}  // namespace

void runRoiAlign(OpContext& context) {
    const Tensor& x = context.input(0);
    const Tensor& rois = context.input(1);
    const std::vector<int64_t> batches = context.ints(2);
    const auto count = static_cast<int64_t>(batches.size());
    if (x.rank() != 4 || rois.shape() != Shape{count, 4} || rois.type() != x.type() ||
        x.elementCount() == 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("regions {} and their {} batches do not fit {}", rois.toString(),
                                count, x.toString()));
    const RoiForm form = formOf(context);
    for (const int64_t batch : batches)
        if (batch < 0 || batch >= x.shape()[0])
            throw Error(ErrorCode::BadInput,
                        fmt::format("a region is in batch {} of {}", batch, x.toString()));
    const Tensor y = x.type() == DType::Float64 ? aligned<double>(form, x, rois, batches)
                                                : aligned<float>(form, x, rois, batches);
    context.setOutput(0, context.device().fromHost(y));
}

}  // namespace clipscope::runtime
