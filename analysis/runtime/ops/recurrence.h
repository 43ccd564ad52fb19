// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "analysis/runtime/op_context.h"
#include "analysis/runtime/ops/recurrent_activation.h"

namespace clipscope::runtime {

/// What RNN, GRU and LSTM have in common, of one node and its operands (float32, on the host).
struct Recurrence {
    int64_t gates = 1;
    int64_t directions = 1;
    int64_t times = 0, batches = 0, inputs = 0, hidden = 0;
    bool batchFirst = false;
    bool reverse = false;
    float clip = 0;                ///< 0: none
    bool linear = false;           ///< GRU's linear_before_reset
    bool coupled = false;          ///< LSTM's input_forget
    bool quantizesState = false;   ///< the state is rounded to 8 bits before it is multiplied
    std::vector<int64_t> lengths;  ///< by batch
    std::vector<Activation> activations;
};

/// One direction's parameters and state, the state by batch and hidden unit.
struct Direction {
    size_t index = 0;
    bool backward = false;
    /// R transposed, hidden x gates * hidden, for the product with the state of few batches.
    std::shared_ptr<const std::vector<float>> recurrent;
    /// R, gates * hidden x hidden, for the device's product with the state of many, and what the
    /// device keeps of it: of the first gates, and of those that another state is multiplied with.
    Tensor recurrentRows;
    bool recurrentIsConstant = false;
    std::array<NodeState, 2>* recurrentProducts = nullptr;
    Device* device = nullptr;
    const float* candidateBias = nullptr;  ///< R's for the last gate of a linear GRU, may be null
    const float* peepholes = nullptr;      ///< LSTM's P, may be null
    const Activation* activations = nullptr;
    Tensor fromInputs;  ///< X W' + the (other) biases: times * batches x gates * hidden
    std::vector<float> state;
    std::vector<float> cell;  ///< LSTM
};

/// Whether a step multiplies the states of all batches at once.
inline bool multipliesAtOnce(const Recurrence& form) {
    return form.batches > 2;
}

Recurrence recurrenceOf(const OpContext& context, int64_t gates,
                        const std::vector<std::string>& activations);

/// `x` has the times first. Error(BadInput) for operands that do not fit.
Direction directionOf(OpContext& context, const Recurrence& form, const Tensor& x, size_t index);

/// x with its first two axes exchanged.
Tensor swapped(Device& device, const Tensor& x);

/// A step: `gates` (batches x gates * hidden) holds what comes from the inputs; changes the state
/// of the batches that are still running at that time.
using RecurrentStep = void (*)(const Recurrence& form, Direction& own, std::vector<float>& gates,
                               int64_t time);

void stepRnn(const Recurrence& form, Direction& own, std::vector<float>& gates, int64_t time);
/// Gates z, r, h.
void stepGru(const Recurrence& form, Direction& own, std::vector<float>& gates, int64_t time);
/// Gates i, o, f, c; peepholes i, o, f.
void stepLstm(const Recurrence& form, Direction& own, std::vector<float>& gates, int64_t time);

}  // namespace clipscope::runtime
