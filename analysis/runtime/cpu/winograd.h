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
    void pack(const Tensor& weights);
    void multiply(int64_t begin, int64_t end, float* x, float* y) const;

    TileGrid m_grid;
    int64_t m_inputs;   ///< channels of x
    int64_t m_outputs;  ///< channels of y
    int64_t m_rows;     ///< tiles that are at the points at a time
    int64_t m_inputStep;
    int64_t m_outputStep;
    onednn::Planned m_product;                ///< of one point
    const std::byte* m_packedFrom = nullptr;  ///< the weights that m_kernels holds
    onednn::PackedMatrices m_kernels;
};

}  // namespace clipscope::runtime
