// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/fourier.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kLongest = int64_t{1} << 26;

void setTyped(OpContext& context, const Tensor& y) {
    const auto type =
        static_cast<DType>(context.attributes().getInt("output_datatype", int64_t{1}));
    if (elementSize(type) == 0)
        throw Error(ErrorCode::Unsupported, "the output type is none that Clipscope has");
    context.setOutput(0, context.device().fromHost(convertedOnHost(y, type)));
}

/// a0 - a1 cos(2 pi k / n) + a2 cos(4 pi k / n).
void runCosineWindow(OpContext& context, double a0, double a1, double a2) {
    const int64_t size = context.ints(0).at(0);
    if (size < 0 || size > kLongest)
        throw Error(ErrorCode::BadInput, fmt::format("a window of {} elements", size));
    const bool periodic = context.attributes().getInt("periodic", 1) != 0;
    const auto n = static_cast<double>(periodic ? size : size - 1);
    Tensor y(DType::Float64, {size});
    for (double k = 0; double& value : y.mutableValues<double>()) {
        const double angle = 2 * std::numbers::pi * k++ / n;
        value = a0 - a1 * std::cos(angle) + a2 * std::cos(2 * angle);
    }
    setTyped(context, y);
}

double toMel(double hertz) {
    return 2595 * std::log10(1 + hertz / 700);
}

double toHertz(double mel) {
    return 700 * (std::pow(10, mel / 2595) - 1);
}

}  // namespace

void runBlackmanWindow(OpContext& context) {
    runCosineWindow(context, 0.42, 0.5, 0.08);
}

void runHammingWindow(OpContext& context) {
    runCosineWindow(context, 25.0 / 46, 21.0 / 46, 0);
}

void runHannWindow(OpContext& context) {
    runCosineWindow(context, 0.5, 0.5, 0);
}

/// Triangles that overlap by half, equally wide in mel, over the bins of a spectrum.
void runMelWeightMatrix(OpContext& context) {
    const int64_t bands = context.ints(0).at(0);
    const int64_t length = context.ints(1).at(0);
    const auto rate = static_cast<double>(context.ints(2).at(0));
    const double low = toMel(toDoubles(context.input(3)).at(0));
    const double high = toMel(toDoubles(context.input(4)).at(0));
    if (bands < 1 || bands > kLongest || length < 1 || length > kLongest || rate <= 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} bands of a spectrum of {} at {} Hz", bands, length, rate));
    const int64_t bins = length / 2 + 1;
    std::vector<int64_t> edges;
    for (int64_t i = 0; i < bands + 2; ++i) {
        const double mel =
            low + static_cast<double>(i) * (high - low) / static_cast<double>(bands + 2);
        edges.push_back(static_cast<int64_t>(
            std::floor(static_cast<double>(length + 1) * toHertz(mel) / rate)));
        if (edges.back() < 0 || edges.back() >= bins)
            throw Error(ErrorCode::BadInput, "a band lies outside the spectrum");
    }
    Tensor y(DType::Float64, {bins, bands});
    const auto weights = y.mutableValues<double>();
    std::fill(weights.begin(), weights.end(), 0.0);
    for (int64_t band = 0; band < bands; ++band) {
        const int64_t* edge = edges.data() + band;
        const auto at = [&](int64_t bin) -> double& {
            return weights[static_cast<size_t>(bin * bands + band)];
        };
        const auto ratio = [](int64_t part, int64_t whole) {
            return static_cast<double>(part) / static_cast<double>(whole);
        };
        if (edge[1] == edge[0])
            at(edge[1]) = 1;
        else
            for (int64_t bin = edge[0]; bin <= edge[1]; ++bin)
                at(bin) = ratio(bin - edge[0], edge[1] - edge[0]);
        for (int64_t bin = edge[1]; bin < edge[2]; ++bin)
            at(bin) = ratio(edge[2] - bin, edge[2] - edge[1]);
    }
    setTyped(context, y);
}

}  // namespace clipscope::runtime
