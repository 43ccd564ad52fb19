// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "analysis/runtime/cpu/dnnl_support.h"
#include "analysis/runtime/cpu/winograd_tiles.h"
#include "analysis/runtime/device.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// A convolution with dense 3 x 3 kernels of stride 1 by Winograd's way, for samples of one shape:
/// tiles of 4 x 4 outputs take a quarter of the products, those of 2 x 2 four ninths. Each sample
/// is computed by itself and every sum in the same order, so that results depend neither on the
/// samples beside it nor on the number of threads.
class WinogradConvolution {
public:
    /// Nothing where computing directly takes less time, or the form does not suit: constant
    /// weights (O x C x 3 x 3), and x and y (N x C x H x W) with channels last.
    static std::optional<WinogradConvolution> planned(const ConvolutionParameters& parameters,
                                                      const Tensor& x, const Shape& weights,
                                                      const Tensor& y);

    /// Whether it was planned for samples of these shapes.
    bool fits(const Tensor& x, const Tensor& y) const;

    /// y from x, one sample each. Infinities and NaN may reach positions that do not read them.
    void compute(const Tensor& x, const Tensor& weights, const Tensor* bias, Tensor& y);

private:
    WinogradConvolution(const TileGrid& grid, int64_t inputs, int64_t outputs);
    PointSteps stepsFor(int64_t channels) const;
    onednn::Planned planTogether() const;
    onednn::Planned planEach() const;
    std::vector<dnnl::memory> packedKernels(const Tensor& weights) const;
    void takeKernels(const Tensor& weights);
    void multiply(const float* x, float* y);

    TileGrid m_grid;
    int64_t m_inputs;   ///< channels of x
    int64_t m_outputs;  ///< channels of y
    int64_t m_rows;     ///< tiles that are at the points at a time
    PointSteps m_xSteps{};
    PointSteps m_ySteps{};
    bool m_areTogether = false;              ///< the products of all points
    onednn::Planned m_products;              ///< of all points, or of each
    const std::byte* m_takenFrom = nullptr;  ///< the weights that m_kernels holds
    onednn::PackedMatrices m_kernels;
    std::vector<onednn::Arguments> m_arguments;  ///< of each product
};

}  // namespace clipscope::runtime
