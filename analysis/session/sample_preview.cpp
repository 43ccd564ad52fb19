// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/sample_preview.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "analysis/data/convert.h"
#include "analysis/data/samples.h"
#include "analysis/graph/onnx_reader.h"

namespace clipscope::session {
namespace {

struct Plane {
    int64_t channels = 0;
    int64_t height = 0;
    int64_t width = 0;
    bool channelsLast = false;
};

/// How an input [1, C, H, W], [1, H, W, C] or [1, H, W] is looked at; no channels where it is none.
Plane planeOf(const Shape& shape) {
    const auto isColor = [](int64_t n) { return n == 1 || n == 3; };
    if (shape.rank() == 4 && isColor(shape[1]))
        return {shape[1], shape[2], shape[3], false};
    if (shape.rank() == 4 && isColor(shape[3]))
        return {shape[3], shape[1], shape[2], true};
    if (shape.rank() == 3 && shape[0] == 1)
        return {1, shape[1], shape[2], false};
    return {};
}

data::Image pictureOf(std::span<const float> values, const Shape& shape, double min, double max) {
    const Plane plane = planeOf(shape);
    if (plane.channels == 0)
        return {};
    data::Image image(plane.width, plane.height, plane.channels);
    const double scale = max > min ? 255 / (max - min) : 0;
    const int64_t pixels = plane.width * plane.height;
    for (int64_t p = 0; p < pixels; ++p)
        for (int64_t c = 0; c < plane.channels; ++c) {
            const auto from =
                static_cast<size_t>(plane.channelsLast ? p * plane.channels + c : c * pixels + p);
            const double shade = (static_cast<double>(values[from]) - min) * scale;
            image.data[static_cast<size_t>(p * plane.channels + c)] =
                static_cast<uint8_t>(std::clamp(std::isfinite(shade) ? shade : 0.0, 0.0, 255.0));
        }
    return image;
}

void describe(const Tensor& tensor, SamplePreview::Item& item) {
    const Tensor floats = data::converted(tensor, DType::Float32);
    const std::span<const float> values = floats.values<float>();
    item.shape = tensor.shape().toString();
    double sum = 0;
    int64_t finite = 0;
    for (const float value : values) {
        if (!std::isfinite(value))
            continue;
        const auto x = static_cast<double>(value);
        item.min = finite == 0 ? x : std::min(item.min, x);
        item.max = finite == 0 ? x : std::max(item.max, x);
        sum += x;
        ++finite;
    }
    item.mean = finite > 0 ? sum / static_cast<double>(finite) : 0;
    item.picture = pictureOf(values, tensor.shape(), item.min, item.max);
}

}  // namespace

SamplePreview previewSamples(const std::filesystem::path& model, const SampleRequest& request,
                             int64_t most, const CancellationToken& cancel) {
    const graph::Graph graph = graph::readOnnx(model);
    cancel.check();
    const SampleRun run(graph, model, request);
    SamplePreview preview;
    preview.samples = run.sampleCount();
    preview.recipe = run.recipe();
    preview.notes = run.notes();
    for (int64_t i = 0; i < std::min(most, run.sampleCount()); ++i) {
        cancel.check();
        SamplePreview::Item item;
        item.id = run.sampleId(i);
        std::vector<SkippedSample> skipped;
        const auto sample = run.source().tryLoad(i, skipped);
        if (sample)
            describe(sample->inputs.at(graph[graph.inputs.front()].name), item);
        else
            item.problem = skipped.empty() ? "cannot be read" : skipped.front().reason;
        preview.items.push_back(std::move(item));
    }
    return preview;
}

}  // namespace clipscope::session
