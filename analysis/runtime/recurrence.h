// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "analysis/runtime/functors/recurrent.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// One direction of RNN, GRU or LSTM, as ONNX defines them.
struct Recurrence {
    CellKind kind = CellKind::Rnn;
    int64_t directions = 1;
    int64_t direction = 0;  ///< of those that y has
    int64_t times = 0, batches = 0, hidden = 0;
    bool backward = false;        ///< starts at the last element of each batch's own sequence
    bool quantizesState = false;  ///< the state is rounded to 8 bits before it is multiplied
    bool recurrentIsConstant = false;
    std::vector<int64_t> lengths;  ///< by batch
    CellForm cell;

    int64_t rows() const { return gatesOf(kind) * hidden; }
    int64_t lengthOf(int64_t batch) const { return lengths[static_cast<size_t>(batch)]; }
};

/// float32, row-major. Gates lie in the order of ONNX: h; z, r, h; i, o, f, c.
struct RecurrentTensors {
    Tensor fromInputs;     ///< X W' + biases: times x batches x gates * hidden
    Tensor recurrent;      ///< R: gates * hidden x hidden
    Tensor candidateBias;  ///< R's for the last gate of a linear GRU; may be undefined
    Tensor peepholes;      ///< LSTM's i, o, f; may be undefined
    Tensor state;          ///< batches x hidden: the initial one, then the last one
    Tensor cell;           ///< likewise, of LSTM
    Tensor y;              ///< times x directions x batches x hidden, of which this one is written
};

}  // namespace clipscope::runtime
