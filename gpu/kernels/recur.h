// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Steps of recurrent layers with the cells that the CPU computes (functors/recurrent.h). A thread
/// takes a hidden unit of a batch; what it multiplies with other units' states was multiplied
/// before, so that it reads no state but its own.

#include "analysis/runtime/functors/recurrent.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// One direction at one time.
struct RecurrentStep {
    const float* fromInputs;  ///< times x batches x gates * hidden
    const float* product;     ///< R times the state, batches x productRows
    int64_t productRows;      ///< gates that are in it x hidden
    const float* candidate;   ///< GRU's last gate of such a product, candidateRows apart
    int64_t candidateRows;
    const float* candidateBias;  ///< may be null
    const float* peepholes;      ///< LSTM's; may be null
    const int64_t* lengths;      ///< by batch; null: all `times`
    float* state;                ///< batches x hidden
    float* cell;                 ///< likewise
    float* read;                 ///< likewise: what GRU's last gate is multiplied with
    float* y;                    ///< times x directions x batches x hidden
    int64_t time, times, batches, hidden, directions, direction;
    bool backward;
    runtime::CellForm form;

    CLIPSCOPE_HD int64_t count() const { return batches * hidden; }
    CLIPSCOPE_HD int64_t lengthOf(int64_t batch) const { return lengths ? lengths[batch] : times; }
    CLIPSCOPE_HD int64_t elementOf(int64_t batch) const {
        return runtime::elementAt(backward, lengthOf(batch), time);
    }
    CLIPSCOPE_HD float fromInput(int64_t batch, int64_t unit, int gate, int64_t gates) const {
        return fromInputs[(elementOf(batch) * batches + batch) * gates * hidden + gate * hidden +
                          unit];
    }
    /// The sum that a gate's activation takes, of a gate that is in the product.
    CLIPSCOPE_HD float gateOf(int64_t batch, int64_t unit, int gate, int64_t gates) const {
        return fromInput(batch, unit, gate, gates) +
               product[batch * productRows + gate * hidden + unit];
    }
};

/// read = r state of a GRU that is not linear.
struct ResetKernel {
    static constexpr int kThreads = 128;

    RecurrentStep step;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, step.count(), [&](int64_t i) {
            const int64_t batch = i / step.hidden;
            float reset = step.gateOf(batch, i % step.hidden, 1, 3);
            float read = step.state[i];
            runtime::functors::resetGruCell(runtime::functors::UnitSteps(), step.form, &reset,
                                            &read);
            step.read[i] = read;
        });
    }
};

/// The next state, and y's element: 0 where the batch's sequence has ended.
template <runtime::CellKind kind>
struct CellKernel {
    static constexpr int kThreads = 128;

    RecurrentStep step;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, step.count(), [&](int64_t i) {
            const int64_t batch = i / step.hidden;
            float* y = step.y +
                       (step.elementOf(batch) * step.directions + step.direction) * step.count() +
                       i;
            if (step.time >= step.lengthOf(batch)) {
                *y = 0;
                return;
            }
            if constexpr (kind == runtime::CellKind::Rnn)
                stepRnn(batch, i % step.hidden, i);
            else if constexpr (kind == runtime::CellKind::Gru)
                stepGru(batch, i % step.hidden, i);
            else
                stepLstm(batch, i % step.hidden, i);
            *y = step.state[i];
        });
    }

private:
    CLIPSCOPE_HD void stepRnn(int64_t batch, int64_t unit, int64_t i) const {
        float gate = step.gateOf(batch, unit, 0, 1);
        runtime::functors::stepRnnCell(runtime::functors::UnitSteps(), step.form, &gate,
                                       step.state + i);
    }

    CLIPSCOPE_HD void stepGru(int64_t batch, int64_t unit, int64_t i) const {
        const runtime::functors::UnitSteps steps;
        float update = step.gateOf(batch, unit, 0, 3);
        float reset = step.gateOf(batch, unit, 1, 3);
        float candidate = step.fromInput(batch, unit, 2, 3);
        float recurrent = step.candidate[batch * step.candidateRows + unit];
        if (step.candidateBias)
            recurrent += step.candidateBias[unit];
        float read = 0;
        runtime::functors::resetGruCell(steps, step.form, &reset, &read);
        runtime::functors::stepGruCell(steps, step.form, &update, &reset, &candidate, &recurrent,
                                       step.state + i);
    }

    CLIPSCOPE_HD void stepLstm(int64_t batch, int64_t unit, int64_t i) const {
        float gates[4];
        CLIPSCOPE_UNROLL
        for (int gate = 0; gate < 4; ++gate)
            gates[gate] = step.gateOf(batch, unit, gate, 4);
        const float* p = step.peepholes;
        const float* const peepholes[3] = {p ? p + unit : p, p ? p + step.hidden + unit : p,
                                           p ? p + 2 * step.hidden + unit : p};
        runtime::functors::stepLstmCell(runtime::functors::UnitSteps(), step.form, &gates[0],
                                        &gates[1], &gates[2], &gates[3], peepholes, step.cell + i,
                                        step.state + i);
    }
};

}  // namespace clipscope::gpu
