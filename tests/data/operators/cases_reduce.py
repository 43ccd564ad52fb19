# SPDX-License-Identifier: Apache-2.0
"""Reductions, ArgMax and ArgMin."""
import numpy as np

KINDS = ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare")
AXES = {"none": None, "0": [0], "1": [1], "2": [2], "01": [0, 1], "12": [1, 2], "02": [0, 2],
        "negative": [-1, -3], "all": [0, 1, 2]}


def values(kind):
    x = np.random.default_rng(5).integers(1, 64, (3, 7, 5)).astype(np.float32) / 32
    return x if kind in ("LogSum", "Prod") else x - 1


def cases(family):
    for kind in KINDS:
        x = values(kind)
        for name, axes in AXES.items():
            given = {} if axes is None else {"axes": axes}
            if kind != "Sum":
                family.add(f"{kind}_{name}_11", f"Reduce{kind}", [x], opset=11, keepdims=0,
                           **given)
            axesInput = [] if axes is None else [np.array(axes, dtype=np.int64)]
            family.add(f"{kind}_{name}_18", f"Reduce{kind}", [x, *axesInput], opset=18,
                       constants="all but first")
        family.add(f"{kind}_noop", f"Reduce{kind}", [x], opset=18, noop_with_empty_axes=1)
    for kind in ("Sum", "Mean", "Max", "LogSumExp"):
        wide = (2, 3, 4, 5)
        for axes in ([0, 2], [1, 3], [0, 3], [0, 1, 3], [2], [1]):
            family.add(f"{kind}_wide_{''.join(map(str, axes))}", f"Reduce{kind}",
                       [wide, np.array(axes, dtype=np.int64)], opset=18, constants=(1,))
        long = np.ones((1, 70000), np.float32)
        long[0, 69999] = 3
        known = None
        if kind == "LogSumExp":
            known = [np.float32(np.log(np.exp(long.astype(np.float64)).sum()))]
        family.add(f"{kind}_long", f"Reduce{kind}", [long], opset=13, keepdims=0, expected=known)
        if kind == "LogSumExp":
            continue
        family.add(f"{kind}_tall", f"Reduce{kind}", [long.reshape(-1, 1).repeat(3, axis=1),
                                                     *([np.array([0])] if kind == "Sum" else [])],
                   opset=13, constants="all but first",
                   **({} if kind == "Sum" else {"axes": [0]}))
    for kind in ("Max", "Min", "Sum", "Prod", "Mean"):
        for dtype in (np.int32, np.int64, np.float64):
            x = np.arange(-12, 12).reshape(2, 3, 4).astype(dtype)
            family.add(f"{kind}_{dtype.__name__}", f"Reduce{kind}", [x, np.array([1])], opset=18,
                       constants=(1,))
    for kind in ("Max", "Min"):
        for dtype in (np.int8, np.uint8):
            x = (np.arange(24) * 29 % 256).astype(np.uint8).view(dtype).reshape(2, 3, 4)
            family.add(f"{kind}_{dtype.__name__}", f"Reduce{kind}", [x, np.array([1])], opset=18,
                       constants=(1,))
    ties = np.array([[1, 3, 3, 2], [5, 0, 5, 0], [2, 2, 2, 2]], np.float32)
    for op in ("ArgMax", "ArgMin"):
        for axis in (0, 1, 2, -1):
            family.add(f"{op}_{axis}", op, [(3, 13, 15)], opset=13, axis=axis, keepdims=0)
        for last in (0, 1):
            family.add(f"{op}_ties_{last}", op, [ties], opset=12, axis=1, select_last_index=last)
        family.add(f"{op}_default", op, [ties], opset=11)
        family.add(f"{op}_int32", op, [ties.astype(np.int32)], opset=13, axis=1)
    family.addNodeTests("ArgMax", "ArgMin", *(f"Reduce{kind}" for kind in KINDS))
