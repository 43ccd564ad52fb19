// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/wide_convolution.h"

#include <algorithm>

#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kPiece = 8192;  // columns of the output
constexpr int64_t kWide = 2 * kPiece;

/// Columns [first, first + count) of x, zeros where it has none.
Tensor columnsOf(Device& device, const Tensor& x, int64_t first, int64_t count) {
    const size_t last = x.rank() - 1;
    Shape shape = x.shape();
    shape[last] = count;
    Tensor piece = device.allocate(x.type(), shape);
    const int64_t begin = std::clamp<int64_t>(first, 0, x.shape()[last]);
    const int64_t end = std::clamp<int64_t>(first + count, begin, x.shape()[last]);
    if (end - begin < count)
        device.fill(device.fromHost(Tensor::scalar(0.0f)), piece);
    StridedView from = wholeView(x.shape());
    StridedView to = wholeView(shape);
    from.offset = begin;
    to.offset = begin - first;
    shape[last] = end - begin;
    if (shape.elementCount() > 0)
        device.copyStrided(shape, x, from, piece, to);
    return piece;
}

}  // namespace

bool isWide(const Device& device, const Shape& y) {
    return device.memoryKind() == MemoryKind::Host && y[y.rank() - 1] > kWide;
}

void convolveInPieces(Device& device, const ConvolutionParameters& parameters, const Tensor& x,
                      const Tensor& weights, const Tensor* bias, Tensor& y, NodeState& state) {
    if (!isWide(device, y.shape())) {
        device.convolve(parameters, x, weights, bias, y, state);
        return;
    }
    const size_t last = x.rank() - 1;
    const size_t axis = last - 2;  // of the spatial ones
    const int64_t stride = parameters.strides[axis];
    const int64_t reach = (weights.shape()[last] - 1) * parameters.dilations[axis] + 1;
    ConvolutionParameters own = parameters;
    own.padsBegin[axis] = 0;
    own.padsEnd[axis] = 0;
    for (int64_t begin = 0; begin < y.shape()[last]; begin += kPiece) {
        Shape shape = y.shape();
        shape[last] = std::min(kPiece, y.shape()[last] - begin);
        Tensor source = columnsOf(device, x, begin * stride - parameters.padsBegin[axis],
                                  (shape[last] - 1) * stride + reach);
        Tensor piece = device.allocate(y.type(), shape);
        if (device.convolutionLayout(own, source.shape()) == Layout::ChannelsLast) {
            source = toChannelsLast(device, source);
            piece.setLayout(Layout::ChannelsLast);
        }
        device.convolve(own, source, weights, bias, piece, state);
        StridedView to = wholeView(y.shape());
        to.offset = begin;
        device.copyStrided(shape, toRowMajor(device, piece), wholeView(shape), y, to);
    }
}

}  // namespace clipscope::runtime
