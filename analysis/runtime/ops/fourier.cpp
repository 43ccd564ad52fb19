// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/fourier.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/fast_fourier.h"

namespace clipscope::runtime {
namespace {

using Complex = std::complex<double>;

constexpr int64_t kLongest = int64_t{1} << 26;  // elements of one transform

void requireComplex(const Tensor& x) {
    const int64_t parts = x.rank() < 2 ? 0 : x.shape()[x.rank() - 1];
    if (parts != 1 && parts != 2)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the signal {} needs a last axis of 1 (real) or 2 (complex)",
                                x.toString()));
}

/// What a transform of a real or complex line is to give.
struct DftForm {
    int64_t length;  ///< of the transform: the line is cut or padded with zeros
    bool inverse;
    bool onesided;  ///< forward: half of the result; inverse: from half to a real result
};

std::vector<Complex> transformed(std::vector<Complex> line, const DftForm& form) {
    const auto length = static_cast<size_t>(form.length);
    if (form.inverse && form.onesided) {
        line.resize(length / 2 + 1);
        std::vector<Complex> whole(length);
        for (size_t k = 0; k < length; ++k)
            whole[k] = k < line.size() ? line[k] : std::conj(line[length - k]);
        return fourier(std::move(whole), true);
    }
    line.resize(length);
    line = fourier(std::move(line), form.inverse);
    if (form.onesided)
        line.resize(length / 2 + 1);
    return line;
}

DftForm dftForm(const OpContext& context, int64_t extent) {
    DftForm form{extent, context.attributes().getInt("inverse", 0) != 0,
                 context.attributes().getInt("onesided", 0) != 0};
    if (form.inverse && form.onesided)
        form.length = 2 * (form.length - 1);
    if (context.hasInput(1))
        form.length = context.ints(1).at(0);
    if (form.length < 1 || form.length > kLongest)
        throw Error(ErrorCode::BadInput, fmt::format("cannot transform {} elements", form.length));
    return form;
}

/// All lines along `axis` of x, float64 with 1 or 2 parts in its last axis, into those of y.
void transformLines(const Tensor& x, size_t axis, const DftForm& form, Tensor& y) {
    const int64_t parts = x.shape()[x.rank() - 1];
    const int64_t resultParts = y.shape()[x.rank() - 1];
    const int64_t extent = x.shape()[axis];
    const int64_t resultExtent = y.shape()[axis];
    const int64_t inner = x.shape().elementCount(axis + 1, x.rank() - 1);
    const double* from = x.values<double>().data();
    double* to = y.mutableValues<double>().data();
    parallelFor(x.shape().elementCount(0, axis) * inner, 1, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t o = i / inner;
            std::vector<Complex> line(static_cast<size_t>(extent));
            for (int64_t k = 0; k < extent; ++k) {
                const double* at = from + ((o * extent + k) * inner + i % inner) * parts;
                line[static_cast<size_t>(k)] = {at[0], parts == 2 ? at[1] : 0};
            }
            line = transformed(std::move(line), form);
            for (int64_t k = 0; k < resultExtent; ++k) {
                double* at = to + ((o * resultExtent + k) * inner + i % inner) * resultParts;
                at[0] = line[static_cast<size_t>(k)].real();
                if (resultParts == 2)
                    at[1] = line[static_cast<size_t>(k)].imag();
            }
        }
    });
}

}  // namespace

void runDft(OpContext& context) {
    const Tensor& x = context.input(0);
    requireComplex(x);
    const bool axisIsInput = context.opset() >= 20;
    const int64_t given = axisIsInput ? (context.hasInput(2) ? context.ints(2).at(0) : -2)
                                      : context.attributes().getInt("axis", 1);
    const size_t axis = normalizeAxis(given, x.rank());
    if (axis + 1 == x.rank())
        throw Error(ErrorCode::BadInput, "the last axis holds the complex parts");
    const DftForm form = dftForm(context, x.shape()[axis]);
    Shape shape = x.shape();
    shape[axis] = form.onesided && !form.inverse ? form.length / 2 + 1 : form.length;
    shape[x.rank() - 1] = form.inverse && form.onesided ? 1 : 2;
    Tensor y(DType::Float64, shape);
    transformLines(convertedOnHost(x, DType::Float64), axis, form, y);
    context.setOutput(0, context.device().fromHost(convertedOnHost(y, x.type())));
}

/// signal: batch x length x parts; y: batch x frames x bins x 2.
void runStft(OpContext& context) {
    const Tensor& x = context.input(0);
    requireComplex(x);
    const Tensor* window = context.optionalInput(2);
    if (window && window->type() != x.type())
        throw Error(ErrorCode::BadInput, fmt::format("the window {} is not of the signal's type {}",
                                                     window->toString(), x.toString()));
    const int64_t step = context.ints(1).at(0);
    const int64_t length = context.hasInput(3) ? context.ints(3).at(0)
                           : window            ? window->elementCount()
                                               : (x.rank() == 3 ? x.shape()[1] : 0);
    if (x.rank() != 3 || step < 1 || length < 1 || length > x.shape()[1] ||
        (window && window->elementCount() > length))
        throw Error(ErrorCode::BadInput,
                    fmt::format("frames of {} every {} elements do not fit the signal {}", length,
                                step, x.toString()));
    const int64_t parts = x.shape()[2];
    const bool onesided = context.attributes().getInt("onesided", 1) != 0 && parts == 1;
    const int64_t frames = 1 + (x.shape()[1] - length) / step;
    const int64_t bins = onesided ? length / 2 + 1 : length;
    const Tensor wide = convertedOnHost(x, DType::Float64);
    const std::vector<double> weights =
        window ? toDoubles(*window) : std::vector<double>(static_cast<size_t>(length), 1);
    Tensor y(DType::Float64, {x.shape()[0], frames, bins, 2});
    parallelFor(x.shape()[0] * frames, 1, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t first = i / frames * x.shape()[1] + i % frames * step;
            std::vector<Complex> line(static_cast<size_t>(length));
            for (size_t k = 0; k < weights.size(); ++k) {
                const double* at =
                    wide.values<double>().data() + (first + static_cast<int64_t>(k)) * parts;
                line[k] = {at[0] * weights[k], parts == 2 ? at[1] * weights[k] : 0};
            }
            line = transformed(std::move(line), {length, false, onesided});
            double* to = y.mutableValues<double>().data() + i * bins * 2;
            for (const Complex& value : line) {
                *to++ = value.real();
                *to++ = value.imag();
            }
        }
    });
    context.setOutput(0, context.device().fromHost(convertedOnHost(y, x.type())));
}

}  // namespace clipscope::runtime
