// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/ops/quantize.h"
#include "analysis/runtime/ops/recurrence.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kProductsAPiece = 65536;

/// y[c] += sum over k of x[k] m[k][c], for c in [0, columns); m's rows are `stride` apart.
CLIPSCOPE_VECTORIZED void addProduct(const float* x, int64_t inner, const float* m, int64_t stride,
                                     float* y, int64_t columns) {
    int64_t k = 0;
    for (; k + 4 <= inner; k += 4) {
        const float* row = m + k * stride;
        for (int64_t c = 0; c < columns; ++c)
            y[c] = (((y[c] + x[k] * row[c]) + x[k + 1] * row[stride + c]) +
                    x[k + 2] * row[2 * stride + c]) +
                   x[k + 3] * row[3 * stride + c];
    }
    for (; k < inner; ++k)
        for (int64_t c = 0; c < columns; ++c)
            y[c] += x[k] * m[k * stride + c];
}

CLIPSCOPE_VECTORIZED void addScaled(const float* x, const float* scale, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] += x[i] * scale[i];
}

CLIPSCOPE_VECTORIZED void multiply(const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] *= x[i];
}

/// y = a y + b c
CLIPSCOPE_VECTORIZED void blend(const float* a, const float* b, const float* c, float* y,
                                int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = a[i] * y[i] + b[i] * c[i];
}

/// y = 1 - x
CLIPSCOPE_VECTORIZED void complement(const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = 1 - x[i];
}

void activate(const Recurrence& form, const Activation& activation, float* values) {
    if (form.clip > 0)
        for (int64_t i = 0; i < form.hidden; ++i)
            values[i] = std::clamp(values[i], -form.clip, form.clip);
    activation.apply(values, form.hidden);
}

CLIPSCOPE_VECTORIZED void add(const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] += x[i];
}

/// The states as R is multiplied with them, batches x hidden.
Tensor multipliedStates(const Recurrence& form, std::vector<float>& state) {
    const Shape shape{form.batches, form.hidden};
    const Tensor whole(DType::Float32, shape,
                       Buffer{reinterpret_cast<std::byte*>(state.data()),
                              state.size() * sizeof(float), MemoryKind::Host, nullptr});
    if (!form.quantizesState)
        return whole;
    const Quantized narrow = dynamicallyQuantized(whole);
    return dequantized(narrow.values, narrow.scale, &narrow.zeroPoint);
}

/// body(b) for each batch, on several threads where they have much to do.
template <typename Body>
void forEachBatch(const Recurrence& form, const Body& body) {
    constexpr int64_t kElementsAPiece = 2048;
    parallelFor(form.batches, 1 + kElementsAPiece / std::max<int64_t>(1, form.hidden),
                [&](int64_t begin, int64_t end, int) {
                    for (int64_t b = begin; b < end; ++b)
                        body(b);
                });
}

/// Adds state R' of the gates [first, first + count) to `gates`, whose rows are `stride` apart.
void addRecurrent(const Recurrence& form, const Direction& own, int64_t first, int64_t count,
                  std::vector<float>& state, float* gates, int64_t stride) {
    const Tensor states = multipliedStates(form, state);
    const int64_t columns = count * form.hidden;
    if (multipliesAtOnce(form) && columns > 0) {
        Device& device = *own.device;
        const Tensor weights =
            own.recurrentRows.rows(first * form.hidden, first * form.hidden + columns);
        Tensor product = device.allocate(DType::Float32, {form.batches, columns});
        device.matmul({.transposeB = true, .bIsConstant = own.recurrentIsConstant},
                      device.fromHost(states), device.fromHost(weights), nullptr, product,
                      (*own.recurrentProducts)[first == 0 ? 0 : 1]);
        const Tensor sums = device.toHost(product);
        const float* from = sums.values<float>().data();
        forEachBatch(form,
                     [&](int64_t b) { add(from + b * columns, gates + b * stride, columns); });
        return;
    }
    const int64_t rows = form.gates * form.hidden;
    const float* values = states.values<float>().data();
    const float* m = own.recurrent->data() + first * form.hidden;
    const int64_t grain =
        std::max<int64_t>(64, kProductsAPiece / std::max<int64_t>(1, form.hidden));
    parallelFor(columns, grain, [&](int64_t begin, int64_t end, int) {
        for (int64_t b = 0; b < form.batches; ++b)
            addProduct(values + b * form.hidden, form.hidden, m + begin, rows,
                       gates + b * stride + begin, end - begin);
    });
}

/// body(b) for the batches whose sequence has that time.
template <typename Body>
void forEachRunning(const Recurrence& form, int64_t time, const Body& body) {
    forEachBatch(form, [&](int64_t b) {
        if (time < form.lengths[static_cast<size_t>(b)])
            body(b);
    });
}

}  // namespace

void stepRnn(const Recurrence& form, Direction& own, std::vector<float>& gates, int64_t time) {
    addRecurrent(form, own, 0, 1, own.state, gates.data(), form.hidden);
    forEachRunning(form, time, [&](int64_t b) {
        float* gate = gates.data() + b * form.hidden;
        activate(form, own.activations[0], gate);
        std::copy_n(gate, form.hidden, own.state.data() + b * form.hidden);
    });
}

void stepGru(const Recurrence& form, Direction& own, std::vector<float>& gates, int64_t time) {
    const int64_t hidden = form.hidden;
    addRecurrent(form, own, 0, 2, own.state, gates.data(), 3 * hidden);
    std::vector<float> read = own.state;
    std::vector<float> candidates(read.size(), 0.0f);
    forEachBatch(form, [&](int64_t b) {
        float* reset = gates.data() + (3 * b + 1) * hidden;
        activate(form, own.activations[0], reset);
        if (!form.linear)
            multiply(reset, read.data() + b * hidden, hidden);
        if (own.candidateBias)
            std::copy_n(own.candidateBias, hidden, candidates.data() + b * hidden);
    });
    addRecurrent(form, own, 2, 1, read, candidates.data(), hidden);
    forEachRunning(form, time, [&](int64_t b) {
        float* update = gates.data() + 3 * b * hidden;
        float* reset = update + hidden;
        float* candidate = reset + hidden;
        if (!form.linear)
            std::fill_n(reset, hidden, 1.0f);
        addScaled(candidates.data() + b * hidden, reset, candidate, hidden);
        activate(form, own.activations[1], candidate);
        activate(form, own.activations[0], update);
        complement(update, reset, hidden);
        blend(update, reset, candidate, own.state.data() + b * hidden, hidden);
    });
}

void stepLstm(const Recurrence& form, Direction& own, std::vector<float>& gates, int64_t time) {
    const int64_t hidden = form.hidden;
    addRecurrent(form, own, 0, 4, own.state, gates.data(), 4 * hidden);
    const auto addPeephole = [&](int64_t which, const float* cell, float* gate) {
        if (own.peepholes)
            addScaled(cell, own.peepholes + which * hidden, gate, hidden);
    };
    forEachRunning(form, time, [&](int64_t b) {
        float* input = gates.data() + 4 * b * hidden;
        float* output = input + hidden;
        float* forget = output + hidden;
        float* candidate = forget + hidden;
        float* cell = own.cell.data() + b * hidden;
        float* state = own.state.data() + b * hidden;
        addPeephole(0, cell, input);
        activate(form, own.activations[0], input);
        if (form.coupled) {
            complement(input, forget, hidden);
        } else {
            addPeephole(2, cell, forget);
            activate(form, own.activations[0], forget);
        }
        activate(form, own.activations[1], candidate);
        blend(forget, input, candidate, cell, hidden);
        addPeephole(1, cell, output);
        activate(form, own.activations[0], output);
        std::copy_n(cell, hidden, state);
        own.activations[2].apply(state, hidden);
        multiply(output, state, hidden);
    });
}

}  // namespace clipscope::runtime
