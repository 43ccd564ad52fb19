// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/rearrange.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/ops/index.h"
#include "analysis/runtime/ops/spatial.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

void fillZeros(Device& device, Tensor& y) {
    Tensor zero(y.type(), {});
    std::memset(zero.mutableBytes(), 0, zero.byteSize());
    device.fill(device.fromHost(zero), y);
}

/// Adds x (batch x channels * taps x blocks) to the places of each plane of y that it was read
/// from.
template <typename T>
void addColumns(const SpatialWindow& window, const Shape& plane, const Tensor& x, Tensor& y) {
    const Shape kernel(window.kernel);
    const Shape blocks(window.output);
    const std::vector<int64_t> strides = plane.strides();
    const T* from = x.values<T>().data();
    for (int64_t p = 0; p < y.shape()[0] * y.shape()[1]; ++p) {
        T* to = y.mutableValues<T>().data() + p * plane.elementCount();
        std::vector<int64_t> tap(plane.rank());
        do {
            std::vector<int64_t> block(plane.rank());
            do {
                int64_t offset = 0;
                bool inside = true;
                for (size_t axis = 0; axis < plane.rank(); ++axis) {
                    const int64_t at = block[axis] * window.strides[axis] - window.padsBegin[axis] +
                                       tap[axis] * window.dilations[axis];
                    inside = inside && at >= 0 && at < plane[axis];
                    offset += at * strides[axis];
                }
                if (inside)
                    to[offset] = functors::Add{}(to[offset], *from);
                ++from;
            } while (nextIndex(block, blocks));
        } while (nextIndex(tap, kernel));
    }
}

/// What MaxPool was given, as its attributes tell; the indices of MaxUnpool count in it.
Shape unpooledShape(const graph::Attributes& attributes, const Tensor& x) {
    const std::vector<int64_t> input = spatialExtents(x.shape());
    const std::vector<int64_t> kernel = attributes.getInts("kernel_shape");
    const std::vector<int64_t> ones(kernel.size(), 1);
    const std::vector<int64_t> strides = attributes.getInts("strides", ones);
    const std::vector<int64_t> pads =
        attributes.getInts("pads", std::vector<int64_t>(2 * kernel.size(), 0));
    const auto impossible = [](int64_t v) { return v < 0 || v > (int64_t{1} << 30); };
    if (kernel.size() != input.size() || std::ranges::any_of(kernel, impossible) ||
        std::ranges::any_of(strides, impossible) || std::ranges::any_of(pads, impossible) ||
        strides.size() != input.size() || pads.size() != 2 * input.size())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the kernel, its strides or pads do not fit {}", x.toString()));
    Shape shape = x.shape();
    for (size_t axis = 0; axis < input.size(); ++axis)
        shape[axis + 2] = (input[axis] - 1) * strides[axis] + kernel[axis] - pads[axis] -
                          pads[axis + input.size()];
    return shape;
}

/// Which elements of MaxUnpool's input come to lie inside its output, and where.
struct Unpooled {
    std::vector<int64_t> elements;
    std::vector<int64_t> offsets;
};

/// `indices` count in `inferred`.
Unpooled unpooledInto(const Shape& shape, const Shape& inferred,
                      const std::vector<int64_t>& indices) {
    const int64_t count = inferred.elementCount();
    const std::vector<int64_t> strides = shape.strides();
    Unpooled result;
    for (size_t i = 0; i < indices.size(); ++i) {
        int64_t rest = normalizeIndex(indices[i], count);
        int64_t offset = 0;
        bool inside = true;
        for (size_t axis = shape.rank(); axis-- > 0; rest /= inferred[axis]) {
            inside = inside && rest % inferred[axis] < shape[axis];
            offset += rest % inferred[axis] * strides[axis];
        }
        if (!inside)
            continue;
        result.elements.push_back(static_cast<int64_t>(i));
        result.offsets.push_back(offset);
    }
    return result;
}

}  // namespace

void runCenterCropPad(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::vector<int64_t> wanted = context.ints(1);
    std::vector<int64_t> axes(x.rank());
    for (size_t i = 0; i < axes.size(); ++i)
        axes[i] = static_cast<int64_t>(i);
    axes = context.attributes().getInts("axes", axes);
    if (axes.size() != wanted.size() || std::ranges::any_of(wanted, [](auto n) { return n < 0; }))
        throw Error(ErrorCode::BadInput, fmt::format("the extents [{}] do not fit {} axes",
                                                     fmt::join(wanted, ", "), axes.size()));
    Shape shape = x.shape();
    Shape copied = x.shape();
    StridedView from = wholeView(x.shape());
    for (size_t i = 0; i < axes.size(); ++i) {
        const size_t axis = normalizeAxis(axes[i], x.rank());
        shape[axis] = wanted[i];
        copied[axis] = std::min(wanted[i], x.shape()[axis]);
        from.offset += (x.shape()[axis] - copied[axis]) / 2 * from.strides[axis];
    }
    Tensor& y = context.output(0, x.type(), shape);
    fillZeros(context.device(), y);
    StridedView to = wholeView(shape);
    for (size_t axis = 0; axis < shape.rank(); ++axis)
        to.offset += (shape[axis] - copied[axis]) / 2 * to.strides[axis];
    context.device().copyStrided(copied, x, from, y, to);
}

/// Blocks of columns are added up where they overlap in the image.
void runCol2Im(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::vector<int64_t> image = context.ints(1);
    const SpatialWindow window = slidingWindow(context.attributes(), context.ints(2), image);
    const int64_t taps = Shape(window.kernel).elementCount();
    if (x.rank() != 3 || x.shape()[1] % taps != 0 ||
        x.shape()[2] != Shape(window.output).elementCount())
        throw Error(ErrorCode::BadInput, fmt::format("the columns {} do not fit an image of [{}]",
                                                     x.toString(), fmt::join(image, ", ")));
    std::vector<int64_t> extents{x.shape()[0], x.shape()[1] / taps};
    extents.insert(extents.end(), image.begin(), image.end());
    Tensor y(x.type(), Shape(std::move(extents)));
    std::memset(y.mutableBytes(), 0, y.byteSize());
    bool done = false;
    visitElementType(x.type(), [&]<typename T>() {
        if constexpr (!std::is_same_v<T, Boolean>) {
            addColumns<T>(window, Shape(image), x, y);
            done = true;
        }
    });
    if (!done)
        throw Error(ErrorCode::Unsupported, fmt::format("not computed for {}", name(x.type())));
    context.setOutput(0, context.device().fromHost(y));
}

void runMaxUnpool(OpContext& context) {
    const Tensor& x = context.input(0);
    const Tensor& indices = context.input(1);
    if (!isFloat(x.type()))
        throw Error(ErrorCode::Unsupported,
                    fmt::format("there is no MaxUnpool for {}", name(x.type())));
    if (indices.shape() != x.shape())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the indices {} do not fit {}", indices.toString(), x.toString()));
    const Shape inferred = unpooledShape(context.attributes(), x);
    const Shape shape = context.hasInput(2) ? Shape(context.ints(2)) : inferred;
    if (shape.rank() != x.rank())
        throw Error(ErrorCode::BadInput, "the output shape has another rank than the input");
    const Unpooled unpooled = unpooledInto(shape, inferred, context.ints(1));
    Device& device = context.device();
    Tensor updates = x.reshaped({x.elementCount()});
    if (const int64_t kept = std::ssize(unpooled.elements); kept < x.elementCount()) {
        updates = device.allocate(x.type(), {kept});
        device.gather(x.reshaped({x.elementCount()}), 0, unpooled.elements, updates);
    }
    Tensor y = device.allocate(x.type(), shape);
    fillZeros(device, y);
    device.scatter(Scattering::Replace, unpooled.offsets, 1, updates, y);
    context.setOutput(0, y);
}

/// The first `lengths[b]` elements along the time axis in reverse, for each batch b.
void runReverseSequence(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::vector<int64_t> lengths = context.ints(1);
    const int64_t batchAxis = context.attributes().getInt("batch_axis", 1);
    const int64_t timeAxis = context.attributes().getInt("time_axis", 0);
    const auto isLeading = [](int64_t axis) { return axis == 0 || axis == 1; };
    if (x.rank() < 2 || !isLeading(batchAxis) || !isLeading(timeAxis) || batchAxis == timeAxis ||
        std::ssize(lengths) != x.shape()[static_cast<size_t>(batchAxis)])
        throw Error(ErrorCode::BadInput, fmt::format("{} lengths do not fit {} (batch axis {})",
                                                     lengths.size(), x.toString(), batchAxis));
    const int64_t times = x.shape()[static_cast<size_t>(timeAxis)];
    const auto batches = static_cast<int64_t>(lengths.size());
    const Shape rows{times * batches, x.shape().elementCount(2, x.rank())};
    std::vector<int64_t> sources(static_cast<size_t>(rows[0]));
    for (int64_t b = 0; b < batches; ++b) {
        const int64_t length = lengths[static_cast<size_t>(b)];
        if (length < 0 || length > times)
            throw Error(ErrorCode::BadInput,
                        fmt::format("a sequence of {} elements in {}", length, x.toString()));
        const auto at = [&](int64_t time) {
            return batchAxis == 0 ? b * times + time : time * batches + b;
        };
        for (int64_t t = 0; t < times; ++t)
            sources[static_cast<size_t>(at(t))] = at(t < length ? length - 1 - t : t);
    }
    Tensor y = context.device().allocate(x.type(), rows);
    context.device().gather(x.reshaped(rows), 0, sources, y);
    context.setOutput(0, y.reshaped(x.shape()));
}

/// Updates a cache from write_indices[batch] on along an axis.
void runTensorScatter(OpContext& context) {
    Device& device = context.device();
    const Tensor& cache = context.input(0);
    const Tensor& update = context.input(1);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", -2), cache.rank());
    const std::string mode = context.attributes().getString("mode", "linear");
    Shape expected = cache.shape();
    if (update.rank() == cache.rank())
        expected[axis] = update.shape()[axis];
    const int64_t batches = cache.shape()[0];
    const std::vector<int64_t> starts = context.hasInput(2)
                                            ? context.ints(2)
                                            : std::vector<int64_t>(static_cast<size_t>(batches), 0);
    const int64_t extent = cache.shape()[axis];
    const int64_t length = expected[axis];
    if (update.shape() != expected || axis == 0 || length > extent ||
        std::ssize(starts) != batches || (mode != "linear" && mode != "circular"))
        throw Error(ErrorCode::BadInput, fmt::format("the update {} does not fit the cache {}",
                                                     update.toString(), cache.toString()));
    Tensor& y = context.output(0, cache.type(), cache.shape());
    device.copyStrided(cache.shape(), cache, wholeView(cache.shape()), y, wholeView(cache.shape()));
    Shape row = update.shape();
    row[0] = row[axis] = 1;
    for (int64_t b = 0; b < batches; ++b)
        for (int64_t t = 0; t < length; ++t) {
            const int64_t place = starts[static_cast<size_t>(b)] + t;
            const int64_t at =
                normalizeIndex(mode == "circular" && place >= 0 ? place % extent : place, extent);
            StridedView from = wholeView(update.shape());
            StridedView to = wholeView(cache.shape());
            from.offset = b * from.strides[0] + t * from.strides[axis];
            to.offset = b * to.strides[0] + at * to.strides[axis];
            device.copyStrided(row, update, from, y, to);
        }
}

}  // namespace clipscope::runtime
