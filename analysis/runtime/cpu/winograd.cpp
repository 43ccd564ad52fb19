// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/winograd.h"

#include <algorithm>

#include "analysis/base/parallel.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kMostWeights = int64_t{4} << 20;  ///< elements at the points
constexpr int64_t kMostValues = int64_t{1} << 19;   ///< elements of x and y at the points
constexpr int64_t kLeastRows = 32;
constexpr int64_t kMostScratch = int64_t{4} << 20;  ///< those of so many rows, elements

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
constexpr double kCall = 70e3;     ///< a product by itself

double directCost(const TileGrid& grid, int64_t inputs, int64_t outputs) {
    const auto positions = static_cast<double>(grid.yHeight * grid.yWidth);
    return 9 * (positions + kFetch) * static_cast<double>(inputs * outputs);
}

/// Small products are computed together, all points at once.
bool areSmall(int64_t rows, int64_t inputs, int64_t outputs) {
    constexpr int64_t kMost = int64_t{1} << 19;  // multiply-adds
    return rows * inputs * outputs <= kMost;
}

double tiledCost(const TileGrid& grid, int64_t inputs, int64_t outputs) {
    const auto tiles = static_cast<double>(grid.tiles());
    const Passes passes = passesFor(grid, inputs, outputs);
    const double fetched = kFetch * static_cast<double>(inputs * outputs);
    const double called = areSmall(passes.rows, inputs, outputs) ? 0 : kCall;
    return static_cast<double>(grid.points()) *
           (tiles * static_cast<double>(inputs * outputs) +
            tiles * static_cast<double>(inputs + outputs) * kTransform +
            static_cast<double>(passes.count) * (fetched + called));
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
        if (cost >= most || grid.points() * inputs * outputs > kMostWeights ||
            grid.points() * kLeastRows * (inputs + outputs) > kMostScratch)
            continue;
        best = tile;
        most = kWorthwhile * cost;
    }
    return best;
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
      m_rows(passesFor(grid, inputs, outputs).rows) {
    if (areSmall(m_rows, inputs, outputs)) {
        m_products = planTogether();
        m_areTogether = m_products.kind.find("brgconv") != std::string::npos;
    }
    if (!m_areTogether)
        m_products = planEach();
    m_xSteps = stepsFor(inputs);
    m_ySteps = stepsFor(outputs);
}

PointSteps WinogradConvolution::stepsFor(int64_t channels) const {
    constexpr int64_t kLine = 16;  // floats; neighbouring points on the same lines evict each other
    if (m_areTogether)
        return {m_grid.points() * channels, channels};
    return {channels, (m_rows * channels + kLine - 1) / kLine * kLine + kLine};
}

/// All points as the groups of one convolution with kernels of one element, for which oneDNN has a
/// fast kernel on some processors only.
onednn::Planned WinogradConvolution::planTogether() const {
    const int64_t points = m_grid.points();
    const auto rowsOf = [&](int64_t channels) {
        const int64_t row = points * channels;
        return onednn::stridedLayout({1, row, 1, m_rows}, {m_rows * row, 1, m_rows * row, row});
    };
    onednn::ConvolutionForm form;
    form.source = rowsOf(m_inputs);
    form.weights = onednn::anyLayout({points, m_outputs, m_inputs, 1, 1});
    form.destination = rowsOf(m_outputs);
    form.strides = {1, 1};
    form.dilations = form.padsBegin = form.padsEnd = {0, 0};
    return onednn::planConvolution(form);
}

/// Each by itself, on one thread.
onednn::Planned WinogradConvolution::planEach() const {
    const ThreadCountScope one(1);
    return onednn::planMatmul(onednn::denseLayout({m_rows, m_inputs}),
                              onednn::anyLayout({m_inputs, m_outputs}), {},
                              onednn::denseLayout({m_rows, m_outputs}));
}

bool WinogradConvolution::fits(const Tensor& x, const Tensor& y) const {
    return x.shape()[2] == m_grid.xHeight && x.shape()[3] == m_grid.xWidth &&
           y.shape()[2] == m_grid.yHeight && y.shape()[3] == m_grid.yWidth &&
           x.layout() == Layout::ChannelsLast && y.layout() == Layout::ChannelsLast;
}

std::vector<dnnl::memory> WinogradConvolution::packedKernels(const Tensor& weights) const {
    const int64_t points = m_grid.points();
    const int64_t ofPoint = m_inputs * m_outputs;
    const dnnl::memory plain = onednn::allocated(onednn::denseLayout({points, ofPoint}));
    auto* values = static_cast<float*>(plain.get_data_handle());
    kernelsToPoints(m_grid.tile, weights.bytes(), m_outputs, m_inputs, values);
    const dnnl::memory::desc layout =
        m_areTogether ? onednn::stridedLayout({points, m_outputs, m_inputs, 1, 1},
                                              {ofPoint, 1, m_outputs, 1, 1})
                      : onednn::denseLayout({m_inputs, m_outputs});
    std::vector<dnnl::memory> kernels;
    for (int64_t i = 0; i < (m_areTogether ? 1 : points); ++i) {
        kernels.push_back(onednn::allocated(m_products.weights));
        onednn::reorder({layout, onednn::engine(), values + i * ofPoint}, kernels.back());
    }
    return kernels;
}

void WinogradConvolution::takeKernels(const Tensor& weights) {
    if (m_kernels && m_takenFrom == weights.bytes())
        return;
    m_kernels = onednn::packed(weights, m_products.weights,
                               m_areTogether ? 1 : static_cast<size_t>(m_grid.points()),
                               [&] { return packedKernels(weights); });
    m_takenFrom = weights.bytes();
    m_arguments.clear();
    for (const dnnl::memory& kernel : *m_kernels)
        m_arguments.push_back({{DNNL_ARG_WEIGHTS, kernel}});
}

/// y at the points from x there.
void WinogradConvolution::multiply(const float* x, float* y) {
    const auto count = static_cast<int64_t>(m_arguments.size());
    parallelFor(count, 1, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            onednn::Arguments& arguments = m_arguments[static_cast<size_t>(i)];
            onednn::show(arguments, DNNL_ARG_SRC, m_products.source, x + i * m_xSteps.point);
            onednn::show(arguments, DNNL_ARG_DST, m_products.destination, y + i * m_ySteps.point);
            onednn::execute(m_products, arguments);
        }
    });
}

void WinogradConvolution::compute(const Tensor& x, const Tensor& weights, const Tensor* bias,
                                  Tensor& y) {
    constexpr int64_t kGrain = 4;  // tiles
    takeKernels(weights);
    const auto scratch = [&](const PointSteps& steps, size_t slot) {
        const int64_t count = std::max(m_rows * steps.tile, m_grid.points() * steps.point);
        return reinterpret_cast<float*>(
            onednn::scratchBytes(static_cast<size_t>(count) * sizeof(float), slot));
    };
    float* xPoints = scratch(m_xSteps, 0);
    float* yPoints = scratch(m_ySteps, 1);
    const float* from = x.inMemoryOrder().values<float>().data();
    const float* added = bias ? bias->values<float>().data() : nullptr;
    float* to = y.inMemoryOrder().mutableValues<float>().data();
    for (int64_t first = 0; first < m_grid.tiles(); first += m_rows) {
        const int64_t count = std::min(m_rows, m_grid.tiles() - first);
        parallelFor(count, kGrain, [&](int64_t begin, int64_t end, int) {
            toPoints(m_grid, from, m_inputs, first + begin, end - begin, m_xSteps,
                     xPoints + begin * m_xSteps.tile);
        });
        multiply(xPoints, yPoints);
        parallelFor(count, kGrain, [&](int64_t begin, int64_t end, int) {
            fromPoints(m_grid, yPoints + begin * m_ySteps.tile, m_ySteps, added, m_outputs,
                       first + begin, end - begin, to);
        });
    }
}

}  // namespace clipscope::runtime
