// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/gather.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/index.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

Shape gatheredShape(const Shape& data, size_t axis, const Shape& indices) {
    std::vector<int64_t> extents(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(axis));
    extents.insert(extents.end(), indices.begin(), indices.end());
    extents.insert(extents.end(), data.begin() + static_cast<std::ptrdiff_t>(axis) + 1, data.end());
    return Shape(std::move(extents));
}

/// Where the elements named by one tuple of indices begin, counted in elements.
int64_t tupleOffset(const int64_t* tuple, size_t length, const Shape& shape, size_t firstAxis) {
    int64_t offset = 0;
    for (size_t i = 0; i < length; ++i)
        offset = offset * shape[firstAxis + i] + normalizeIndex(tuple[i], shape[firstAxis + i]);
    return offset * shape.elementCount(firstAxis + length, shape.rank());
}

void requireTuples(const Tensor& data, const Tensor& indices, size_t batchAxes) {
    if (data.rank() < 1 || indices.rank() < 1 || batchAxes >= indices.rank() ||
        batchAxes >= data.rank() ||
        indices.shape()[indices.rank() - 1] > static_cast<int64_t>(data.rank() - batchAxes))
        throw Error(ErrorCode::BadInput, fmt::format("the indices {} do not fit the data {}",
                                                     indices.toString(), data.toString()));
}

/// indices along the axis: each extent at most the data's, but on the axis itself.
void requireElementIndices(const Tensor& data, const Tensor& indices, size_t axis) {
    bool fits = data.rank() == indices.rank();
    for (size_t i = 0; fits && i < data.rank(); ++i)
        fits = i == axis || indices.shape()[i] <= data.shape()[i];
    if (!fits)
        throw Error(ErrorCode::BadInput, fmt::format("the indices {} do not fit the data {}",
                                                     indices.toString(), data.toString()));
}

/// The offset in `data` for each element of `indices`, whose values stand for the axis's index.
std::vector<int64_t> elementOffsets(const Shape& data, const Tensor& indices, size_t axis) {
    std::vector<int64_t> offsets = toInt64s(indices);
    const std::vector<int64_t> strides = data.strides();
    std::vector<int64_t> index(indices.rank());
    for (int64_t& value : offsets) {
        int64_t offset = normalizeIndex(value, data[axis]) * strides[axis];
        for (size_t i = 0; i < index.size(); ++i)
            if (i != axis)
                offset += index[i] * strides[i];
        value = offset;
        nextIndex(index, indices.shape());
    }
    return offsets;
}

/// y is the runs of `run` elements of data that begin at `offsets`, all multiples of it.
void gatherRuns(Device& device, const Tensor& data, int64_t run, std::vector<int64_t> offsets,
                Tensor& y) {
    if (y.elementCount() == 0)
        return;
    for (int64_t& offset : offsets)
        offset /= run;
    Tensor rows = y.reshaped({std::ssize(offsets), run});
    device.gather(data.reshaped({data.elementCount() / run, run}), 0, offsets, rows);
}

Scattering scatteringOf(const OpContext& context) {
    const std::string reduction = context.attributes().getString("reduction", "none");
    if (reduction == "none")
        return Scattering::Replace;
    if (reduction == "add")
        return Scattering::Add;
    if (reduction == "mul")
        return Scattering::Mul;
    if (reduction == "max")
        return Scattering::Max;
    if (reduction == "min")
        return Scattering::Min;
    throw Error(ErrorCode::BadInput, "there is no reduction '" + reduction + "'");
}

/// Output 0: the data with the updates scattered over it.
void setScattered(OpContext& context, const std::vector<int64_t>& offsets, int64_t run) {
    const Scattering scattering = scatteringOf(context);
    const Tensor& data = context.input(0);
    Tensor& y = context.output(0, data.type(), data.shape());
    const StridedView whole = wholeView(data.shape());
    context.device().copyStrided(data.shape(), data, whole, y, whole);
    context.device().scatter(scattering, offsets, run, context.input(2), y);
}

}  // namespace

void runGather(OpContext& context) {
    const Tensor& data = context.input(0);
    const Tensor& indexTensor = context.input(1);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", 0), data.rank());
    std::vector<int64_t> indices = context.ints(1);
    const int64_t extent = data.shape()[axis];
    for (int64_t& index : indices)
        index = normalizeIndex(index, extent);

    Tensor& y =
        context.output(0, data.type(), gatheredShape(data.shape(), axis, indexTensor.shape()));
    context.device().gather(data, axis, indices, y);
}

void runGatherElements(OpContext& context) {
    const Tensor& data = context.input(0);
    const Tensor& indices = context.input(1);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", 0), data.rank());
    requireElementIndices(data, indices, axis);
    gatherRuns(context.device(), data, 1,
               elementOffsets(data.shape(), context.device().toHost(indices), axis),
               context.output(0, data.type(), indices.shape()));
}

void runGatherND(OpContext& context) {
    const Tensor& data = context.input(0);
    const Tensor& indices = context.input(1);
    const auto batchAxes = static_cast<size_t>(context.attributes().getInt("batch_dims", 0));
    requireTuples(data, indices, batchAxes);
    const auto length = static_cast<size_t>(indices.shape()[indices.rank() - 1]);
    std::vector<int64_t> extents(indices.shape().begin(), indices.shape().end() - 1);
    extents.insert(extents.end(),
                   data.shape().begin() + static_cast<std::ptrdiff_t>(batchAxes + length),
                   data.shape().end());
    const int64_t batches = data.shape().elementCount(0, batchAxes);
    if (indices.shape().elementCount(0, batchAxes) != batches)
        throw Error(ErrorCode::BadInput, fmt::format("the batches of {} and {} differ",
                                                     data.toString(), indices.toString()));
    const int64_t tuples =
        indices.shape().elementCount(0, indices.rank() - 1) / std::max<int64_t>(1, batches);
    const int64_t batchSize = data.shape().elementCount(batchAxes, data.rank());
    const int64_t run = data.shape().elementCount(batchAxes + length, data.rank());
    const std::vector<int64_t> values = context.ints(1);
    std::vector<int64_t> offsets;
    for (int64_t i = 0; i < batches * tuples; ++i)
        offsets.push_back(i / tuples * batchSize +
                          tupleOffset(values.data() + i * static_cast<int64_t>(length), length,
                                      data.shape(), batchAxes));
    gatherRuns(context.device(), data, run, std::move(offsets),
               context.output(0, data.type(), Shape(std::move(extents))));
}

void runScatterElements(OpContext& context) {
    const Tensor& data = context.input(0);
    const Tensor& indices = context.input(1);
    const Tensor& updates = context.input(2);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", 0), data.rank());
    requireElementIndices(data, indices, axis);
    if (updates.shape() != indices.shape() || updates.type() != data.type())
        throw Error(ErrorCode::BadInput, fmt::format("the updates {} do not fit the indices {}",
                                                     updates.toString(), indices.toString()));
    setScattered(context, elementOffsets(data.shape(), context.device().toHost(indices), axis), 1);
}

void runScatterND(OpContext& context) {
    const Tensor& data = context.input(0);
    const Tensor& indices = context.input(1);
    const Tensor& updates = context.input(2);
    requireTuples(data, indices, 0);
    const auto length = static_cast<size_t>(indices.shape()[indices.rank() - 1]);
    const int64_t tuples = indices.shape().elementCount(0, indices.rank() - 1);
    const int64_t run = data.shape().elementCount(length, data.rank());
    if (updates.elementCount() != tuples * run || updates.type() != data.type())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the updates {} do not fit {} and {}", updates.toString(),
                                data.toString(), indices.toString()));
    const std::vector<int64_t> values = context.ints(1);
    std::vector<int64_t> offsets;
    for (int64_t i = 0; i < tuples; ++i)
        offsets.push_back(
            tupleOffset(values.data() + i * static_cast<int64_t>(length), length, data.shape(), 0));
    setScattered(context, offsets, run);
}

}  // namespace clipscope::runtime
