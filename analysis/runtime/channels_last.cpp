// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/channels_last.h"

#include <algorithm>
#include <numeric>

#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// N, spatial, C of N, C, spatial.
std::vector<size_t> channelsToEnd(size_t rank) {
    std::vector<size_t> axes(rank);
    std::iota(axes.begin(), axes.end(), 0);
    std::rotate(axes.begin() + 1, axes.begin() + 2, axes.end());
    return axes;
}

std::vector<size_t> channelsToFront(size_t rank) {
    std::vector<size_t> axes(rank);
    std::iota(axes.begin(), axes.end(), 0);
    std::rotate(axes.begin() + 1, axes.end() - 1, axes.end());
    return axes;
}

Shape permuted(const Shape& shape, const std::vector<size_t>& axes) {
    std::vector<int64_t> extents;
    for (const size_t axis : axes)
        extents.push_back(shape[axis]);
    return Shape(std::move(extents));
}

/// With leading axes of one element.
Tensor ofRank(const Tensor& tensor, size_t rank) {
    std::vector<int64_t> extents(rank - tensor.rank(), 1);
    extents.insert(extents.end(), tensor.shape().begin(), tensor.shape().end());
    return tensor.reshaped(Shape(std::move(extents)));
}

}  // namespace

Tensor toRowMajor(Device& device, const Tensor& tensor) {
    if (tensor.layout() == Layout::RowMajor)
        return tensor;
    const Tensor inOrder = tensor.inMemoryOrder();
    const Shape& shape = tensor.shape();
    if (shape[1] == 1 || shape.elementCount(2, shape.rank()) == 1)
        return inOrder.reshaped(shape);
    Tensor result = device.allocate(tensor.type(), shape);
    copyPermuted(device, inOrder, channelsToFront(shape.rank()), result);
    return result;
}

Tensor toChannelsLast(Device& device, const Tensor& tensor) {
    if (tensor.layout() == Layout::ChannelsLast)
        return tensor;
    const Shape& shape = tensor.shape();
    const std::vector<size_t> axes = channelsToEnd(shape.rank());
    if (shape[1] == 1 || shape.elementCount(2, shape.rank()) == 1)
        return tensor.reshaped(permuted(shape, axes)).asChannelsLast();
    Tensor inOrder = device.allocate(tensor.type(), permuted(shape, axes));
    copyPermuted(device, tensor, axes, inOrder);
    return inOrder.asChannelsLast();
}

bool toMemoryOrder(Device& device, std::vector<Tensor>& operands) {
    const auto first = std::ranges::find(operands, Layout::ChannelsLast, &Tensor::layout);
    if (first == operands.end())
        return false;
    const size_t rank = first->rank();
    if (std::ranges::any_of(operands, [rank](const Tensor& t) { return t.rank() > rank; }))
        return false;
    for (Tensor& operand : operands) {
        if (!operand.isDefined() ||
            (operand.layout() == Layout::RowMajor && operand.elementCount() == 1))
            continue;
        if (operand.rank() < rank)
            operand = ofRank(toRowMajor(device, operand), rank);
        operand = toChannelsLast(device, operand).inMemoryOrder();
    }
    return true;
}

}  // namespace clipscope::runtime
