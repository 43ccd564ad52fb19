// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/apply_widest.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/vector_math.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/recurrence.h"
#include "analysis/runtime/rounding.h"

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

CLIPSCOPE_VECTORIZED void addRow(const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] += x[i];
}

CLIPSCOPE_VECTORIZED void addScaledRow(const float* x, const float* scale, float* y,
                                       int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] += x[i] * scale[i];
}

CLIPSCOPE_VECTORIZED void multiplyRow(const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] *= x[i];
}

CLIPSCOPE_VECTORIZED void blendRow(const float* a, const float* b, const float* c, float* y,
                                   int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = a[i] * y[i] + b[i] * c[i];
}

CLIPSCOPE_VECTORIZED void complementRow(const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = 1 - x[i];
}

/// functors::UnitSteps for a row of hidden units.
struct RowSteps {
    int64_t hidden;

    void activate(const Activation& activation, float clip, float* y) const {
        if (clip > 0)
            for (int64_t i = 0; i < hidden; ++i)
                y[i] = std::clamp(y[i], -clip, clip);
        functors::visitActivation(
            activation, [&](auto f) { applyWidest(fast::floatFunctor(f), y, y, hidden); });
    }
    void copy(const float* x, float* y) const { std::copy_n(x, hidden, y); }
    void add(const float* x, float* y) const { addRow(x, y, hidden); }
    void addScaled(const float* x, const float* scale, float* y) const {
        addScaledRow(x, scale, y, hidden);
    }
    void multiply(const float* x, float* y) const { multiplyRow(x, y, hidden); }
    void complement(const float* x, float* y) const { complementRow(x, y, hidden); }
    void blend(const float* a, const float* b, const float* c, float* y) const {
        blendRow(a, b, c, y, hidden);
    }
};

constexpr int64_t kTile = 16;  // both sides of a transposition stay in the cache

std::vector<float> transposed(const float* matrix, int64_t rows, int64_t columns) {
    std::vector<float> result(static_cast<size_t>(rows * columns));
    for (int64_t first = 0; first < rows; first += kTile)
        for (int64_t c = 0; c < columns; ++c)
            for (int64_t r = first; r < std::min(rows, first + kTile); ++r)
                result[static_cast<size_t>(c * rows + r)] = matrix[r * columns + c];
    return result;
}

/// What a node keeps where R is constant.
struct KeptRecurrence {
    std::vector<float> transposed;      ///< R, for the product with the state of few batches
    std::array<NodeState, 2> products;  ///< of the first gates, and of a last one by itself
};

/// The steps of one direction.
class Recurring {
public:
    Recurring(CpuDevice& device, const Recurrence& form, RecurrentTensors& tensors,
              KeptRecurrence& kept)
        : m_device(device), m_form(form), m_tensors(tensors), m_kept(kept), m_steps{form.hidden} {
        if (!multipliesAtOnce() && (!form.recurrentIsConstant || kept.transposed.empty()))
            kept.transposed =
                transposed(tensors.recurrent.values<float>().data(), form.rows(), form.hidden);
    }

    void run();

private:
    /// Whether a step multiplies the states of all batches at once.
    bool multipliesAtOnce() const { return m_form.batches > 2; }
    float* stateOf(int64_t batch) {
        return m_tensors.state.mutableValues<float>().data() + batch * m_form.hidden;
    }
    void step(std::vector<float>& gates, int64_t time);
    void stepRnn(float* gates, int64_t time);
    void stepGru(float* gates, int64_t time);
    void stepLstm(float* gates, int64_t time);
    void addRecurrent(int64_t first, int64_t count, const Tensor& state, float* gates,
                      int64_t stride);

    /// body(b) for each batch, on several threads where they have much to do.
    template <typename Body>
    void forEachBatch(const Body& body) const {
        constexpr int64_t kElementsAPiece = 2048;
        parallelFor(m_form.batches, 1 + kElementsAPiece / std::max<int64_t>(1, m_form.hidden),
                    [&](int64_t begin, int64_t end, int) {
                        for (int64_t b = begin; b < end; ++b)
                            body(b);
                    });
    }
    /// body(b) for the batches whose sequence has that time.
    template <typename Body>
    void forEachRunning(int64_t time, const Body& body) const {
        forEachBatch([&](int64_t b) {
            if (time < m_form.lengthOf(b))
                body(b);
        });
    }

    CpuDevice& m_device;
    const Recurrence& m_form;
    RecurrentTensors& m_tensors;
    KeptRecurrence& m_kept;
    RowSteps m_steps;
};

/// Adds state R' of the gates [first, first + count) to `gates`, whose rows are `stride` apart.
void Recurring::addRecurrent(int64_t first, int64_t count, const Tensor& state, float* gates,
                             int64_t stride) {
    const int64_t hidden = m_form.hidden;
    const Tensor states = m_form.quantizesState ? roundedTo8Bits(m_device, state) : state;
    const int64_t columns = count * hidden;
    if (multipliesAtOnce() && columns > 0) {
        Tensor product = m_device.allocate(DType::Float32, {m_form.batches, columns});
        m_device.matmul({.transposeB = true, .bIsConstant = m_form.recurrentIsConstant}, states,
                        m_tensors.recurrent.rows(first * hidden, first * hidden + columns), nullptr,
                        product, m_kept.products[first == 0 ? 0 : 1]);
        const float* from = product.values<float>().data();
        forEachBatch([&](int64_t b) { addRow(from + b * columns, gates + b * stride, columns); });
        return;
    }
    const int64_t rows = m_form.rows();
    const float* values = states.values<float>().data();
    const float* m = m_kept.transposed.data() + first * hidden;
    const int64_t grain = std::max<int64_t>(64, kProductsAPiece / std::max<int64_t>(1, hidden));
    parallelFor(columns, grain, [&](int64_t begin, int64_t end, int) {
        for (int64_t b = 0; b < m_form.batches; ++b)
            addProduct(values + b * hidden, hidden, m + begin, rows, gates + b * stride + begin,
                       end - begin);
    });
}

void Recurring::stepRnn(float* gates, int64_t time) {
    addRecurrent(0, 1, m_tensors.state, gates, m_form.hidden);
    forEachRunning(time, [&](int64_t b) {
        functors::stepRnnCell(m_steps, m_form.cell, gates + b * m_form.hidden, stateOf(b));
    });
}

void Recurring::stepGru(float* gates, int64_t time) {
    const int64_t hidden = m_form.hidden;
    addRecurrent(0, 2, m_tensors.state, gates, 3 * hidden);
    Tensor read = m_device.allocate(DType::Float32, m_tensors.state.shape());
    Tensor recurrent = m_device.allocate(DType::Float32, read.shape());
    float* reads = read.mutableValues<float>().data();
    float* sums = recurrent.mutableValues<float>().data();
    const float* bias = m_tensors.candidateBias.isDefined()
                            ? m_tensors.candidateBias.values<float>().data()
                            : nullptr;
    forEachBatch([&](int64_t b) {
        m_steps.copy(stateOf(b), reads + b * hidden);
        functors::resetGruCell(m_steps, m_form.cell, gates + (3 * b + 1) * hidden,
                               reads + b * hidden);
        if (bias)
            m_steps.copy(bias, sums + b * hidden);
        else
            std::fill_n(sums + b * hidden, hidden, 0.0f);
    });
    addRecurrent(2, 1, read, sums, hidden);
    forEachRunning(time, [&](int64_t b) {
        float* update = gates + 3 * b * hidden;
        functors::stepGruCell(m_steps, m_form.cell, update, update + hidden, update + 2 * hidden,
                              sums + b * hidden, stateOf(b));
    });
}

void Recurring::stepLstm(float* gates, int64_t time) {
    const int64_t hidden = m_form.hidden;
    addRecurrent(0, 4, m_tensors.state, gates, 4 * hidden);
    const float* p =
        m_tensors.peepholes.isDefined() ? m_tensors.peepholes.values<float>().data() : nullptr;
    const float* const peepholes[3] = {p, p ? p + hidden : nullptr, p ? p + 2 * hidden : nullptr};
    float* cells = m_tensors.cell.mutableValues<float>().data();
    forEachRunning(time, [&](int64_t b) {
        float* input = gates + 4 * b * hidden;
        functors::stepLstmCell(m_steps, m_form.cell, input, input + hidden, input + 2 * hidden,
                               input + 3 * hidden, peepholes, cells + b * hidden, stateOf(b));
    });
}

void Recurring::step(std::vector<float>& gates, int64_t time) {
    switch (m_form.kind) {
        case CellKind::Rnn:
            return stepRnn(gates.data(), time);
        case CellKind::Gru:
            return stepGru(gates.data(), time);
        case CellKind::Lstm:
            return stepLstm(gates.data(), time);
    }
}

void Recurring::run() {
    const int64_t rows = m_form.rows();
    const int64_t hidden = m_form.hidden;
    std::vector<float> gates(static_cast<size_t>(m_form.batches * rows));
    const float* source = m_tensors.fromInputs.values<float>().data();
    float* y = m_tensors.y.mutableValues<float>().data();
    for (int64_t time = 0; time < m_form.times; ++time) {
        for (int64_t b = 0; b < m_form.batches; ++b)
            std::copy_n(
                source +
                    (elementAt(m_form.backward, m_form.lengthOf(b), time) * m_form.batches + b) *
                        rows,
                rows, gates.data() + b * rows);
        step(gates, time);
        for (int64_t b = 0; b < m_form.batches; ++b) {
            const int64_t at = elementAt(m_form.backward, m_form.lengthOf(b), time);
            float* to =
                y + ((at * m_form.directions + m_form.direction) * m_form.batches + b) * hidden;
            if (time < m_form.lengthOf(b))
                std::copy_n(stateOf(b), hidden, to);
            else
                std::fill_n(to, hidden, 0.0f);
        }
    }
}

}  // namespace

void CpuDevice::recur(const Recurrence& form, RecurrentTensors& tensors, NodeState& state) {
    Recurring(*this, form, tensors, keptState<KeptRecurrence>(state)).run();
}

}  // namespace clipscope::runtime
