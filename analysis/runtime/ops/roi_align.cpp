// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/functors/regions.h"
#include "analysis/runtime/ops/sampling.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kMostSamples = 128;  // along each axis of a bin: detectors take 2

RegionForm formOf(const OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    const Shape& x = context.input(0).shape();
    const std::string mode = attributes.getString("mode", "avg");
    const std::string coordinates =
        attributes.getString("coordinate_transformation_mode",
                             context.opset() < 16 ? "output_half_pixel" : "half_pixel");
    RegionForm form{x[2],
                    x[3],
                    attributes.getInt("output_height", 1),
                    attributes.getInt("output_width", 1),
                    attributes.getInt("sampling_ratio", 0),
                    static_cast<double>(attributes.getFloat("spatial_scale", 1)),
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
    if (x.rank() != 4 || rois.shape() != Shape{count, 4} || rois.type() != x.type() ||
        x.elementCount() == 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("regions {} and their {} batches do not fit {}", rois.toString(),
                                count, x.toString()));
    for (const int64_t batch : batches)
        if (batch < 0 || batch >= x.shape()[0])
            throw Error(ErrorCode::BadInput,
                        fmt::format("a region is in batch {} of {}", batch, x.toString()));
    const RegionForm form = formOf(context);
    Tensor& y =
        context.output(0, x.type(), {count, x.shape()[1], form.pooledHeight, form.pooledWidth});
    context.device().alignRegions(form, batches, x, rois, y);
}

}  // namespace clipscope::runtime
