// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/winograd.h"

#include <algorithm>

#include "analysis/base/parallel.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kMostWeights = int64_t{4} << 20;  ///< elements at the points
constexpr int64_t kMostValues = int64_t{1} << 19;   ///< elements of x and y at the points
constexpr int64_t kLeastRows = 32;
constexpr int64_t kLine = 16;  ///< floats of a cache line

struct Passes {
    int64_t count;
    int64_t rows;  ///< tiles that are at the points at a time
};

/// Few enough tiles at a time that they stay in the caches, enough to be worth fetching the
/// weights.
Passes passesFor(const TileGrid& grid, int64_t inputs, int64_t outputs) {
    const int64_t most = std::max(kLeastRows, kMostValues / (grid.points() * (inputs + outputs)));
    const int64_t count = (grid.tiles() + most - 1) / most;
    return {count, (grid.tiles() + count - 1) / count};
}

/// What a convolution takes, in multiply-adds as measured on a Zen 4 with AVX-512: 58 a
/// nanosecond and core.
constexpr double kFetch = 12;      ///< a weight, from memory
constexpr double kTransform = 12;  ///< a channel of a tile, at a point, and back
constexpr double kCall = 70e3;     ///< a product

double directCost(const TileGrid& grid, int64_t inputs, int64_t outputs) {
    const auto positions = static_cast<double>(grid.yHeight * grid.yWidth);
    return 9 * (positions + kFetch) * static_cast<double>(inputs * outputs);
}

double tiledCost(const TileGrid& grid, int64_t inputs, int64_t outputs) {
    const auto tiles = static_cast<double>(grid.tiles());
    const auto passes = static_cast<double>(passesFor(grid, inputs, outputs).count);
    return static_cast<double>(grid.points()) *
           ((tiles + passes * kFetch) * static_cast<double>(inputs * outputs) +
            tiles * static_cast<double>(inputs + outputs) * kTransform + passes * kCall);
}

/// The size of tile for which computing takes least; 0: none, computed directly. Both smaller tiles
/// and none round less, and so are taken where they lose little.
int64_t bestTile(TileGrid grid, int64_t inputs, int64_t outputs) {
    constexpr double kWorthwhile = 0.9;
    int64_t best = 0;
    double most = kWorthwhile * directCost(grid, inputs, outputs);
    for (const int64_t tile : {2, 4}) {
        grid.tile = tile;
        const double cost = tiledCost(grid, inputs, outputs);
        if (cost >= most || grid.points() * inputs * outputs > kMostWeights)
            continue;
        best = tile;
        most = kWorthwhile * cost;
    }
    return best;
}

/// Neighbouring points must not fall on the same lines of the caches.
int64_t stepFor(int64_t rows, int64_t channels) {
    return (rows * channels + kLine - 1) / kLine * kLine + kLine;
}

bool suits(const ConvolutionParameters& parameters, const Tensor& x, const Shape& weights,
           const Tensor& y) {
    const auto isOne = [](int64_t v) { return v == 1; };
    return parameters.weightsAreConstant && !parameters.transposed && parameters.groups == 1 &&
           weights.rank() == 4 && weights[2] == 3 && weights[3] == 3 &&
           std::min(weights[0], weights[1]) >= TileGrid::kLeastChannels &&
           std::ranges::all_of(parameters.strides, isOne) &&
           std::ranges::all_of(parameters.dilations, isOne) && x.layout() == Layout::ChannelsLast &&
           y.layout() == Layout::ChannelsLast;
}

}  // namespace

std::optional<WinogradConvolution> WinogradConvolution::planned(
    const ConvolutionParameters& parameters, const Tensor& x, const Shape& weights,
    const Tensor& y) {
    if (!suits(parameters, x, weights, y))
        return std::nullopt;
    TileGrid grid;
    grid.xHeight = x.shape()[2];
    grid.xWidth = x.shape()[3];
    grid.yHeight = y.shape()[2];
    grid.yWidth = y.shape()[3];
    grid.padTop = parameters.padsBegin[0];
    grid.padLeft = parameters.padsBegin[1];
    grid.tile = bestTile(grid, weights[1], weights[0]);
    if (grid.tile == 0)
        return std::nullopt;
    return WinogradConvolution(grid, weights[1], weights[0]);
}

WinogradConvolution::WinogradConvolution(const TileGrid& grid, int64_t inputs, int64_t outputs)
    : m_grid(grid),
      m_inputs(inputs),
      m_outputs(outputs),
      m_rows(passesFor(grid, inputs, outputs).rows),
      m_inputStep(stepFor(m_rows, inputs)),
      m_outputStep(stepFor(m_rows, outputs)) {
    const ThreadCountScope one(1);  // each point is computed by one
    m_product = onednn::planMatmul(onednn::denseLayout({m_rows, inputs}),
                                   onednn::anyLayout({inputs, outputs}), {},
                                   onednn::denseLayout({m_rows, outputs}));
}

bool WinogradConvolution::fits(const Tensor& x, const Tensor& y) const {
    return x.shape()[2] == m_grid.xHeight && x.shape()[3] == m_grid.xWidth &&
           y.shape()[2] == m_grid.yHeight && y.shape()[3] == m_grid.yWidth &&
           x.layout() == Layout::ChannelsLast && y.layout() == Layout::ChannelsLast;
}

void WinogradConvolution::pack(const Tensor& weights) {
    if (m_kernels && m_packedFrom == weights.bytes())
        return;
    const int64_t points = m_grid.points();
    m_kernels = onednn::packed(weights, m_product.weights, static_cast<size_t>(points), [&] {
        const dnnl::memory plain =
            onednn::allocated(onednn::denseLayout({points, m_inputs, m_outputs}));
        auto* values = static_cast<float*>(plain.get_data_handle());
        kernelsToPoints(m_grid.tile, weights.bytes(), m_outputs, m_inputs, values);
        const dnnl::memory::desc layout = onednn::denseLayout({m_inputs, m_outputs});
        std::vector<dnnl::memory> kernels;
        for (int64_t i = 0; i < points; ++i) {
            kernels.push_back(onednn::allocated(m_product.weights));
            onednn::reorder({layout, onednn::engine(), values + i * m_inputs * m_outputs},
                            kernels.back());
        }
        return kernels;
    });
    m_packedFrom = weights.bytes();
}

/// The points [begin, end) of y from those of x.
void WinogradConvolution::multiply(int64_t begin, int64_t end, float* x, float* y) const {
    onednn::Arguments arguments;
    for (int64_t i = begin; i < end; ++i) {
        arguments[DNNL_ARG_SRC] = {m_product.source, onednn::engine(), x + i * m_inputStep};
        arguments[DNNL_ARG_WEIGHTS] = (*m_kernels)[static_cast<size_t>(i)];
        arguments[DNNL_ARG_DST] = {m_product.destination, onednn::engine(), y + i * m_outputStep};
        onednn::execute(m_product, arguments);
    }
}

void WinogradConvolution::compute(const Tensor& x, const Tensor& weights, const Tensor* bias,
                                  Tensor& y) {
    constexpr int64_t kGrain = 4;  // tiles
    pack(weights);
    const int64_t points = m_grid.points();
    const dnnl::memory xScratch = onednn::scratch(onednn::denseLayout({points, m_inputStep}), 0);
    const dnnl::memory yScratch = onednn::scratch(onednn::denseLayout({points, m_outputStep}), 1);
    auto* xPoints = static_cast<float*>(xScratch.get_data_handle());
    auto* yPoints = static_cast<float*>(yScratch.get_data_handle());
    const float* from = x.inMemoryOrder().values<float>().data();
    const float* added = bias ? bias->values<float>().data() : nullptr;
    float* to = y.inMemoryOrder().mutableValues<float>().data();
    for (int64_t first = 0; first < m_grid.tiles(); first += m_rows) {
        const int64_t count = std::min(m_rows, m_grid.tiles() - first);
        parallelFor(count, kGrain, [&](int64_t begin, int64_t end, int) {
            toPoints(m_grid, from, m_inputs, first + begin, end - begin, m_inputStep,
                     xPoints + begin * m_inputs);
        });
        parallelFor(points, 1, [&](int64_t begin, int64_t end, int) {
            multiply(begin, end, xPoints, yPoints);
        });
        parallelFor(count, kGrain, [&](int64_t begin, int64_t end, int) {
            fromPoints(m_grid, yPoints + begin * m_outputs, added, m_outputs, first + begin,
                       end - begin, m_outputStep, to);
        });
    }
}

}  // namespace clipscope::runtime
