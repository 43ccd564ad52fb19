# SPDX-License-Identifier: Apache-2.0
"""RNN, GRU and LSTM: directions, lengths, states, peepholes, activations, layouts."""
import io

import numpy as np

from operator_case import Family, normal, randomFor

TIMES, BATCHES, INPUTS, HIDDEN = 5, 3, 4, 6


def operands(gates, directions, states):
    rows = gates * HIDDEN
    return [(TIMES, BATCHES, INPUTS), (directions, rows, INPUTS), (directions, rows, HIDDEN),
            (directions, 2 * rows), np.array([5, 2, 4], np.int32),
            *[(directions, BATCHES, HIDDEN)] * states]


def addBatchFirst(family, name, op, whole, outputs):
    """layout=1, which ONNX Runtime does not compute: its outputs for layout=0, transposed."""
    random = randomFor(name)
    arrays = [normal(random, x) if isinstance(x, tuple) else x for x in whole]
    attributes = {"opset": 14, "outputs": outputs, "hidden_size": HIDDEN,
                  "direction": "bidirectional"}
    timesFirst = Family("times_first")
    timesFirst.add(name, op, arrays, **attributes)
    wanted = [np.load(io.BytesIO(timesFirst.files[f"{name}/output_{i}.npy"]))
              for i in range(outputs)]
    for i in (0, *range(5, len(arrays))):
        arrays[i] = arrays[i].transpose(1, 0, 2)
    family.add(name, op, arrays, layout=1, **attributes,
               expected=[wanted[0].transpose(2, 0, 1, 3),
                         *(w.transpose(1, 0, 2) for w in wanted[1:])])


def cases(family):
    for op, gates, states, outputs in (("RNN", 1, 1, 2), ("GRU", 3, 1, 2), ("LSTM", 4, 2, 3)):
        for direction in ("forward", "reverse", "bidirectional"):
            directions = 2 if direction == "bidirectional" else 1
            family.add(f"{op.lower()}_{direction}", op, operands(gates, directions, states),
                       opset=14, outputs=outputs, hidden_size=HIDDEN, direction=direction)
        whole = operands(gates, 1, states)
        family.add(f"{op.lower()}_plain", op, whole[:3], opset=14, outputs=outputs,
                   hidden_size=HIDDEN)
        family.add(f"{op.lower()}_clip", op, whole, opset=14, outputs=outputs,
                   hidden_size=HIDDEN, clip=0.5)
        addBatchFirst(family, f"{op.lower()}_batch_first", op, operands(gates, 2, states), outputs)
    # One batch is multiplied in another way than several are.
    for op, gates, states, outputs in (("RNN", 1, 1, 2), ("GRU", 3, 1, 2), ("LSTM", 4, 2, 3)):
        one = [(7, 1, INPUTS), (2, gates * HIDDEN, INPUTS), (2, gates * HIDDEN, HIDDEN),
               (2, 2 * gates * HIDDEN), None, *[(2, 1, HIDDEN)] * states]
        family.add(f"{op.lower()}_one_batch", op, one, opset=14, outputs=outputs,
                   hidden_size=HIDDEN, direction="bidirectional", constants=(1, 2, 3))
        family.add(f"{op.lower()}_constant", op, operands(gates, 1, states), opset=14,
                   outputs=outputs, hidden_size=HIDDEN, constants=(1, 2, 3))
    family.add("gru_linear", "GRU", operands(3, 2, 1), opset=14, outputs=2, hidden_size=HIDDEN,
               direction="bidirectional", linear_before_reset=1)
    family.add("lstm_peepholes", "LSTM", [*operands(4, 2, 2), (2, 3 * HIDDEN)], opset=14,
               outputs=3, hidden_size=HIDDEN, direction="bidirectional")
    family.add("lstm_coupled", "LSTM", operands(4, 1, 2), opset=14, outputs=3, hidden_size=HIDDEN,
               input_forget=1)
    family.add("lstm_activations", "LSTM", operands(4, 1, 2), opset=14, outputs=3,
               hidden_size=HIDDEN, activations=["HardSigmoid", "Softsign", "Relu"])
    family.add("gru_activations", "GRU", operands(3, 1, 1), opset=14, outputs=2,
               hidden_size=HIDDEN, activations=["HardSigmoid", "ScaledTanh"],
               activation_alpha=[0.25, 1.5], activation_beta=[0.4, 0.75])

    for name, kind, directions, columns in (("one", np.int8, 1, False), ("each", np.uint8, 2, True)):
        random = randomFor(name)
        info = np.iinfo(kind)
        scales = (directions, 4 * HIDDEN) if columns else (directions,)
        weights = [random.integers(info.min, info.max + 1, (directions, n, 4 * HIDDEN)).astype(kind)
                   for n in (INPUTS, HIDDEN)]
        steps = [random.uniform(0.002, 0.006, scales).astype(np.float32) for _ in range(2)]
        zero = np.full(scales, 128 if kind == np.uint8 else 0, kind)
        family.add(f"lstm_dynamic_{name}", "DynamicQuantizeLSTM",
                   [(TIMES, 1, INPUTS), *weights, (directions, 8 * HIDDEN), None,
                    (directions, 1, HIDDEN), None, None, steps[0], zero, steps[1], zero],
                   constants=(1, 2, 8, 9, 10, 11), check=False, domain="com.microsoft", outputs=3,
                   hidden_size=HIDDEN, direction="bidirectional" if directions == 2 else "forward")
