// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/ops/bilinear.h"
#include "analysis/runtime/ops/sampling.h"
#include "analysis/runtime/ops/spatial.h"

namespace clipscope::runtime {
namespace {

struct DeformForm {
    SpatialWindow window;
    int64_t channels, height, width;
    int64_t groups, offsetGroups;
    int64_t kernel;     ///< taps
    int64_t positions;  ///< of y
};

/// The elements under the moved taps of one sample: channels * taps x positions.
template <typename T>
void fillColumns(const DeformForm& form, const T* x, const T* offsets, const T* mask, T* columns) {
    const int64_t perGroup = form.channels / form.offsetGroups;
    const int64_t across = form.window.kernel[1];
    parallelFor(form.channels * form.kernel, 1, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t c = i / form.kernel;
            const int64_t tap = i % form.kernel;
            const int64_t moved = c / perGroup * form.kernel + tap;
            const T* plane = x + c * form.height * form.width;
            for (int64_t p = 0; p < form.positions; ++p) {
                const int64_t row = p / form.window.output[1] * form.window.strides[0] -
                                    form.window.padsBegin[0] +
                                    tap / across * form.window.dilations[0];
                const int64_t column = p % form.window.output[1] * form.window.strides[1] -
                                       form.window.padsBegin[1] +
                                       tap % across * form.window.dilations[1];
                const BilinearTaps<T> taps = bilinearZeros(
                    static_cast<T>(row) + offsets[2 * moved * form.positions + p],
                    static_cast<T>(column) + offsets[(2 * moved + 1) * form.positions + p],
                    form.height, form.width);
                T sum = 0;
                for (size_t t = 0; t < 4; ++t)
                    sum += taps.weights[t] * plane[taps.offsets[t]];
                columns[i * form.positions + p] =
                    mask ? sum * mask[moved * form.positions + p] : sum;
            }
        }
    });
}

DeformForm formOf(const OpContext& context) {
    const Tensor& x = context.input(0);
    const Tensor& weights = context.input(1);
    const Tensor& offsets = context.input(2);
    const auto fail = [&] {
        return Error(ErrorCode::BadInput,
                     fmt::format("input {}, weights {} and offsets {} do not fit together",
                                 x.toString(), weights.toString(), offsets.toString()));
    };
    const auto isOfAnotherType = [&](const Tensor* tensor) {
        return tensor && tensor->type() != x.type();
    };
    const Tensor* mask = context.optionalInput(4);
    if (x.rank() != 4 || weights.rank() != 4 || isOfAnotherType(&weights) ||
        isOfAnotherType(&offsets) || isOfAnotherType(context.optionalInput(3)) ||
        isOfAnotherType(mask))
        throw fail();
    DeformForm form;
    form.window = slidingWindow(context.attributes(), spatialExtents(weights.shape()),
                                spatialExtents(x.shape()));
    form.channels = x.shape()[1];
    form.height = x.shape()[2];
    form.width = x.shape()[3];
    form.groups = context.attributes().getInt("group", 1);
    form.offsetGroups = context.attributes().getInt("offset_group", 1);
    form.kernel = form.window.kernel[0] * form.window.kernel[1];
    form.positions = form.window.output[0] * form.window.output[1];
    if (form.groups < 1 || form.offsetGroups < 1 ||
        form.channels != weights.shape()[1] * form.groups ||
        weights.shape()[0] % form.groups != 0 || form.channels % form.offsetGroups != 0 ||
        offsets.elementCount() !=
            x.shape()[0] * form.offsetGroups * form.kernel * 2 * form.positions ||
        (mask && mask->elementCount() * 2 != offsets.elementCount()))
        throw fail();
    return form;
}

/// Its operands, on the host, of the elements T.
template <typename T>
Tensor convolved(Device& device, const DeformForm& form, const Tensor& x, const Tensor& weights,
                 const Tensor& offsets, const Tensor* bias, const Tensor* mask) {
    const int64_t batches = x.shape()[0];
    const int64_t outputs = weights.shape()[0];
    const int64_t rows = form.channels / form.groups * form.kernel;
    const Tensor matrix =
        device.fromHost(weights.reshaped({form.groups, outputs / form.groups, rows}));
    Tensor y(kDTypeOf<T>, {batches, outputs, form.window.output[0], form.window.output[1]});
    T* to = y.mutableValues<T>().data();
    for (int64_t n = 0; n < batches; ++n) {
        Tensor columns(kDTypeOf<T>, {form.groups, rows, form.positions});
        fillColumns(form, x.values<T>().data() + n * form.channels * form.height * form.width,
                    offsets.values<T>().data() + n * offsets.elementCount() / batches,
                    mask ? mask->values<T>().data() + n * mask->elementCount() / batches : nullptr,
                    columns.mutableValues<T>().data());
        Tensor product =
            device.allocate(kDTypeOf<T>, {form.groups, outputs / form.groups, form.positions});
        NodeState state;
        device.matmul({}, matrix, device.fromHost(columns), nullptr, product, state);
        const Tensor host = device.toHost(product);
        const T* from = host.values<T>().data();
        for (int64_t i = 0; i < host.elementCount(); ++i)
            *to++ = from[i] +
                    (bias ? bias->values<T>()[static_cast<size_t>(i / form.positions)] : T{0});
    }
    return y;
}

}  // namespace

void runDeformConv(OpContext& context) {
    const DeformForm form = formOf(context);
    const Tensor& x = context.input(0);
    const Tensor& weights = context.input(1);
    const Tensor& offsets = context.input(2);
    const Tensor* bias = context.optionalInput(3);
    const Tensor* mask = context.optionalInput(4);
    if (bias && bias->elementCount() != weights.shape()[0])
        throw Error(ErrorCode::BadInput, fmt::format("the bias {} does not fit {} outputs",
                                                     bias->toString(), weights.shape()[0]));
    const auto run = x.type() == DType::Float64 ? convolved<double> : convolved<float>;
    context.setOutput(
        0, context.device().fromHost(run(context.device(), form, x, weights, offsets, bias, mask)));
}

}  // namespace clipscope::runtime
