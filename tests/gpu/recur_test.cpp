// SPDX-License-Identifier: Apache-2.0
// Recurrent layers, stepped in every order and held against ONNX's formulas in float64.
#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/runtime/recurrence.h"
#include "tests/gpu/stepped_test.h"
#include "tests/normal_values.h"

namespace clipscope::gpu {
namespace {

using runtime::ActivationKind;
using runtime::CellKind;
using runtime::Recurrence;

double activated(const runtime::Activation& activation, double x) {
    const auto alpha = static_cast<double>(activation.alpha);
    const auto beta = static_cast<double>(activation.beta);
    switch (activation.kind) {
        case ActivationKind::Affine:
            return alpha * x + beta;
        case ActivationKind::Elu:
            return x >= 0 ? x : alpha * (std::exp(x) - 1);
        case ActivationKind::HardSigmoid:
            return std::min(std::max(alpha * x + beta, 0.0), 1.0);
        case ActivationKind::LeakyRelu:
            return x >= 0 ? x : alpha * x;
        case ActivationKind::Relu:
            return std::max(x, 0.0);
        case ActivationKind::ScaledTanh:
            return alpha * std::tanh(beta * x);
        case ActivationKind::Sigmoid:
            return 1 / (1 + std::exp(-x));
        case ActivationKind::Softplus:
            return std::log(1 + std::exp(x));
        case ActivationKind::Softsign:
            return x / (1 + std::fabs(x));
        case ActivationKind::Tanh:
            return std::tanh(x);
        case ActivationKind::ThresholdedRelu:
            return x > alpha ? x : 0;
    }
    return 0;
}

/// The operands of one direction, and what the formulas make of them.
struct Layer {
    Recurrence form;
    std::vector<float> fromInputs, recurrent, candidateBias, peepholes, state, cell;
    std::vector<double> y, lastState, lastCell;

    explicit Layer(const Recurrence& given) : form(given) {
        const int64_t rows = form.rows();
        fromInputs = normal(static_cast<size_t>(form.times * form.batches * rows), 1, 0.5f);
        recurrent = normal(static_cast<size_t>(rows * form.hidden), 2, 0.5f);
        candidateBias = normal(static_cast<size_t>(form.hidden), 3, 0.5f);
        peepholes = normal(static_cast<size_t>(3 * form.hidden), 4, 0.5f);
        state = normal(static_cast<size_t>(form.batches * form.hidden), 5, 0.5f);
        cell = normal(static_cast<size_t>(form.batches * form.hidden), 6, 0.5f);
        y.assign(static_cast<size_t>(form.times * form.batches * form.hidden), 0);
        lastState.assign(state.begin(), state.end());
        lastCell.assign(cell.begin(), cell.end());
        for (int64_t b = 0; b < form.batches; ++b)
            runBatch(b);
    }

    void runBatch(int64_t b) {
        const int64_t length = form.lengths[static_cast<size_t>(b)];
        for (int64_t k = 0; k < length; ++k) {
            const int64_t time = form.backward ? length - 1 - k : k;
            stepBatch(b, time);
            for (int64_t i = 0; i < form.hidden; ++i)
                y[static_cast<size_t>((time * form.batches + b) * form.hidden + i)] =
                    lastState[static_cast<size_t>(b * form.hidden + i)];
        }
    }

    double input(int64_t b, int64_t time, int64_t gate, int64_t i) const {
        return static_cast<double>(fromInputs[static_cast<size_t>(
            (time * form.batches + b) * form.rows() + gate * form.hidden + i)]);
    }
    /// Row i of a gate's R times the state.
    double product(const std::vector<double>& h, int64_t gate, int64_t i) const {
        double sum = 0;
        for (int64_t k = 0; k < form.hidden; ++k)
            sum += static_cast<double>(
                       recurrent[static_cast<size_t>((gate * form.hidden + i) * form.hidden + k)]) *
                   h[static_cast<size_t>(k)];
        return sum;
    }
    double f(size_t which, double x) const {
        const auto clip = static_cast<double>(form.cell.clip);
        if (clip > 0)
            x = std::min(std::max(x, -clip), clip);
        return activated(form.cell.activations[which], x);
    }

    void stepBatch(int64_t b, int64_t time) {
        const auto begin = lastState.begin() + b * form.hidden;
        const std::vector<double> h(begin, begin + form.hidden);
        std::vector<double> reset(h.size());
        if (form.kind == CellKind::Gru)
            for (int64_t i = 0; i < form.hidden; ++i)
                reset[static_cast<size_t>(i)] = f(0, input(b, time, 1, i) + product(h, 1, i));
        std::vector<double> scaled(h);
        for (size_t i = 0; i < h.size(); ++i)
            scaled[i] *= reset[i];
        for (int64_t i = 0; i < form.hidden; ++i) {
            const auto at = static_cast<size_t>(b * form.hidden + i);
            const auto unit = static_cast<size_t>(i);
            const auto sum = [&](int64_t gate) {
                return input(b, time, gate, i) + product(h, gate, i);
            };
            const auto peephole = [&](size_t gate) {
                return static_cast<double>(
                    peepholes[gate * static_cast<size_t>(form.hidden) + unit]);
            };
            if (form.kind == CellKind::Rnn) {
                lastState[at] = f(0, sum(0));
            } else if (form.kind == CellKind::Gru) {
                const auto bias = static_cast<double>(candidateBias[unit]);
                const double z = f(0, sum(0));
                const double recurrentPart = form.cell.linear
                                                 ? reset[unit] * (product(h, 2, i) + bias)
                                                 : product(scaled, 2, i);
                const double candidate = f(1, input(b, time, 2, i) + recurrentPart);
                lastState[at] = (1 - z) * candidate + z * h[unit];
            } else {
                const double c = lastCell[at];
                const double in = f(0, sum(0) + peephole(0) * c);
                const double forget = form.cell.coupled ? 1 - in : f(0, sum(2) + peephole(2) * c);
                lastCell[at] = forget * c + in * f(1, sum(3));
                const double out = f(0, sum(1) + peephole(1) * lastCell[at]);
                lastState[at] = out * activated(form.cell.activations[2], lastCell[at]);
            }
        }
    }
};

class SteppedRecurrence : public SteppedTest {
protected:
    Tensor sent(const Shape& shape, const std::vector<float>& values) {
        const Tensor tensor = m_device->fromHost(Tensor::of<float>(shape, values));
        Pool::forgetOriginal(tensor);
        return tensor;
    }

    void expectNear(const Tensor& tensor, const std::vector<double>& wanted) {
        const Tensor got = m_device->toHost(tensor);
        ASSERT_EQ(got.values<float>().size(), wanted.size());
        for (size_t i = 0; i < wanted.size(); ++i)
            ASSERT_NEAR(static_cast<double>(got.values<float>()[i]), wanted[i],
                        2e-5 * (1 + std::fabs(wanted[i])))
                << i;
    }

    void expectLayer(const Recurrence& form) {
        Layer layer(form);
        runtime::RecurrentTensors tensors;
        tensors.fromInputs = sent({form.times * form.batches, form.rows()}, layer.fromInputs);
        tensors.recurrent = sent({form.rows(), form.hidden}, layer.recurrent);
        if (form.kind == CellKind::Gru && form.cell.linear)
            tensors.candidateBias = sent({form.hidden}, layer.candidateBias);
        if (form.kind == CellKind::Lstm)
            tensors.peepholes = sent({3 * form.hidden}, layer.peepholes);
        tensors.state = sent({form.batches, form.hidden}, layer.state);
        tensors.cell = sent({form.batches, form.hidden}, layer.cell);
        // Two directions, of which the second one is run: the first one stays as it is.
        const auto half = static_cast<size_t>(form.batches * form.hidden);
        const std::vector<float> old(static_cast<size_t>(form.times) * 2 * half, 7);
        tensors.y = sent({form.times, 2, form.batches, form.hidden}, old);
        runtime::NodeState state;
        m_device->recur(form, tensors, state);
        std::vector<double> wanted(old.begin(), old.end());
        for (size_t i = 0; i < layer.y.size(); ++i)
            wanted[i / half * 2 * half + half + i % half] = layer.y[i];
        expectNear(tensors.y, wanted);
        expectNear(tensors.state, layer.lastState);
        if (form.kind == CellKind::Lstm)
            expectNear(tensors.cell, layer.lastCell);
        EXPECT_EQ(m_device->hostWork().calls, 0);
    }
};

INSTANTIATE_TEST_SUITE_P(All, SteppedRecurrence, everySteppingOrder());

Recurrence formOf(CellKind kind, int64_t times, int64_t batches, int64_t hidden) {
    Recurrence form;
    form.kind = kind;
    form.directions = 2;
    form.direction = 1;
    form.times = times;
    form.batches = batches;
    form.hidden = hidden;
    form.lengths.assign(static_cast<size_t>(batches), times);
    form.cell.activations[0] = {ActivationKind::Sigmoid};
    form.cell.activations[1] = form.cell.activations[2] = {ActivationKind::Tanh};
    if (kind == CellKind::Rnn)
        form.cell.activations[0] = {ActivationKind::Tanh};
    return form;
}

TEST_P(SteppedRecurrence, OfOddSizes) {
    for (const CellKind kind : {CellKind::Rnn, CellKind::Gru, CellKind::Lstm})
        for (const auto& [times, batches, hidden] :
             {std::array<int64_t, 3>{1, 1, 1}, {5, 3, 13}, {2, 1, 127}, {3, 33, 15}, {7, 2, 129}})
            for (const bool linear : {false, true}) {
                SCOPED_TRACE(testing::Message() << static_cast<int>(kind) << ", " << times << " x "
                                                << batches << " x " << hidden << ' ' << linear);
                Recurrence form = formOf(kind, times, batches, hidden);
                form.cell.linear = linear;
                expectLayer(form);
            }
}

TEST_P(SteppedRecurrence, OfSequencesThatEnd) {
    for (const CellKind kind : {CellKind::Rnn, CellKind::Gru, CellKind::Lstm})
        for (const bool backward : {false, true}) {
            Recurrence form = formOf(kind, 6, 5, 9);
            form.lengths = {6, 0, 3, 1, 5};
            form.backward = backward;
            expectLayer(form);
        }
}

TEST_P(SteppedRecurrence, ClippedCoupledAndLinear) {
    for (const CellKind kind : {CellKind::Rnn, CellKind::Gru, CellKind::Lstm})
        for (const bool linear : {false, true}) {
            Recurrence form = formOf(kind, 4, 3, 11);
            form.cell.clip = 0.25f;
            form.cell.coupled = form.cell.linear = linear;
            form.backward = linear;
            expectLayer(form);
        }
}

TEST_P(SteppedRecurrence, OfEveryActivation) {
    for (const ActivationKind activation :
         {ActivationKind::Affine, ActivationKind::Elu, ActivationKind::HardSigmoid,
          ActivationKind::LeakyRelu, ActivationKind::Relu, ActivationKind::ScaledTanh,
          ActivationKind::Sigmoid, ActivationKind::Softplus, ActivationKind::Softsign,
          ActivationKind::Tanh, ActivationKind::ThresholdedRelu})
        for (size_t which = 0; which < 3; ++which) {
            SCOPED_TRACE(testing::Message() << static_cast<int>(activation) << " as " << which);
            Recurrence form = formOf(CellKind::Lstm, 3, 2, 7);
            form.cell.activations[which] = {activation, 0.3f, 0.6f};
            expectLayer(form);
        }
}

TEST_P(SteppedRecurrence, OfNothing) {
    for (const auto& [times, batches, hidden] :
         {std::array<int64_t, 3>{0, 3, 5}, {3, 0, 5}, {3, 5, 0}})
        expectLayer(formOf(CellKind::Lstm, times, batches, hidden));
}

/// The state that is multiplied takes 256 values over its range.
TEST_P(SteppedRecurrence, OfAQuantizedState) {
    Recurrence form = formOf(CellKind::Rnn, 1, 2, 33);
    form.quantizesState = true;
    form.cell.activations[0] = {ActivationKind::Affine, 1, 0};
    Layer layer(form);
    float low = 0, high = 0;
    for (const float x : layer.state) {
        low = std::min(low, x);
        high = std::max(high, x);
    }
    const float scale = (high - low) / 255;
    const float zero = std::nearbyint(-low / scale);
    Layer rounded = layer;
    for (size_t i = 0; i < layer.state.size(); ++i)
        rounded.lastState[i] =
            static_cast<double>((std::nearbyint(layer.state[i] / scale) + zero - zero) * scale);
    for (int64_t b = 0; b < form.batches; ++b)
        rounded.runBatch(b);
    runtime::RecurrentTensors tensors;
    tensors.fromInputs = sent({2, 33}, layer.fromInputs);
    tensors.recurrent = sent({33, 33}, layer.recurrent);
    tensors.state = tensors.cell = sent({2, 33}, layer.state);
    tensors.y = sent({1, 2, 2, 33}, std::vector<float>(132));
    runtime::NodeState state;
    m_device->recur(form, tensors, state);
    expectNear(tensors.state, rounded.lastState);
    double difference = 0;  // to the state that is not rounded
    for (size_t i = 0; i < layer.lastState.size(); ++i)
        difference = std::max(difference, std::fabs(layer.lastState[i] - rounded.lastState[i]));
    EXPECT_GT(difference, 1e-4);
}

}  // namespace
}  // namespace clipscope::gpu
