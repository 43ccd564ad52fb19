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
    float scale;
    bool halfPixel;
    bool isMaximum;
};

/// The samples of one bin, combined for one channel.
float pooled(const float* plane, const std::vector<BilinearTaps>& samples, bool isMaximum) {
    float result = 0;
    bool isFirst = true;
    for (const BilinearTaps& taps : samples) {
        float value = isMaximum ? taps.weights[0] * plane[taps.offsets[0]] : 0;
        for (size_t t = 0; t < 4; ++t) {
            const float part = taps.weights[t] * plane[taps.offsets[t]];
            value = isMaximum ? std::max(value, part) : value + part;
        }
        result = isMaximum ? (isFirst ? value : std::max(result, value)) : result + value;
        isFirst = false;
    }
    return isMaximum ? result : result / static_cast<float>(std::max<size_t>(1, samples.size()));
}

struct Bin {
    float top, left, height, width;
    int64_t rows, columns;  ///< samples
};

Bin firstBin(const RoiForm& form, const float* roi) {
    const float offset = form.halfPixel ? 0.5f : 0.0f;
    const float left = roi[0] * form.scale - offset;
    const float top = roi[1] * form.scale - offset;
    float width = roi[2] * form.scale - offset - left;
    float height = roi[3] * form.scale - offset - top;
    if (!form.halfPixel) {
        width = std::max(width, 1.0f);
        height = std::max(height, 1.0f);
    }
    Bin bin{top,
            left,
            height / static_cast<float>(form.pooledHeight),
            width / static_cast<float>(form.pooledWidth),
            form.samples,
            form.samples};
    if (form.samples == 0) {  // a region may be larger than the image, samples need not be more
        const auto count = [](float length, int64_t most) {
            return static_cast<int64_t>(
                std::clamp(std::ceil(length), 0.0f, static_cast<float>(2 * most + 2)));
        };
        bin.rows = count(bin.height, form.height);
        bin.columns = count(bin.width, form.width);
    }
    return bin;
}

std::vector<BilinearTaps> samplesOf(const RoiForm& form, const Bin& bin, int64_t row,
                                    int64_t column) {
    std::vector<BilinearTaps> samples;
    for (int64_t i = 0; i < bin.rows; ++i)
        for (int64_t j = 0; j < bin.columns; ++j) {
            const float y =
                bin.top + static_cast<float>(row) * bin.height +
                (static_cast<float>(i) + 0.5f) * bin.height / static_cast<float>(bin.rows);
            const float x =
                bin.left + static_cast<float>(column) * bin.width +
                (static_cast<float>(j) + 0.5f) * bin.width / static_cast<float>(bin.columns);
            const bool inside = y >= -1 && x >= -1 && y <= static_cast<float>(form.height) &&
                                x <= static_cast<float>(form.width);
            samples.push_back(inside ? bilinearInside(std::max(y, 0.0f), std::max(x, 0.0f),
                                                      form.height, form.width)
                                     : BilinearTaps{});
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

}  // namespace

void runRoiAlign(OpContext& context) {
    const Tensor& x = context.input(0);
    const Tensor& rois = context.input(1);
    const std::vector<int64_t> batches = context.ints(2);
    const auto count = static_cast<int64_t>(batches.size());
    if (x.rank() != 4 || rois.shape() != Shape{count, 4} || x.elementCount() == 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("regions {} and their {} batches do not fit {}", rois.toString(),
                                count, x.toString()));
    const RoiForm form = formOf(context);
    const int64_t channels = x.shape()[1];
    Tensor y(DType::Float32, {count, channels, form.pooledHeight, form.pooledWidth});
    for (const int64_t batch : batches)
        if (batch < 0 || batch >= x.shape()[0])
            throw Error(ErrorCode::BadInput,
                        fmt::format("a region is in batch {} of {}", batch, x.toString()));
    const float* from = x.values<float>().data();
    float* to = y.mutableValues<float>().data();
    const int64_t bins = form.pooledHeight * form.pooledWidth;
    parallelFor(count * bins, 16, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t roi = i / bins;
            const Bin bin = firstBin(form, rois.values<float>().data() + roi * 4);
            const auto samples =
                samplesOf(form, bin, i % bins / form.pooledWidth, i % form.pooledWidth);
            for (int64_t c = 0; c < channels; ++c) {
                const int64_t plane = batches[static_cast<size_t>(roi)] * channels + c;
                to[(roi * channels + c) * bins + i % bins] =
                    pooled(from + plane * form.height * form.width, samples, form.isMaximum);
            }
        }
    });
    context.setOutput(0, context.device().fromHost(y));
}

}  // namespace clipscope::runtime
