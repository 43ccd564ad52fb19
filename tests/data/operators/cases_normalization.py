# SPDX-License-Identifier: Apache-2.0
"""BatchNormalization and the other normalisations, Softmax and its relatives."""
import numpy as np


def positive(count):
    return (np.arange(1, count + 1) * 7 % 5 / 4 + 0.25).astype(np.float32)


def normalized(x):
    """Over the last axis, in float64; epsilon is that of the operators, 1e-5."""
    x = x.astype(np.float64)
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred ** 2).mean(axis=-1, keepdims=True)
    return (centred / np.sqrt(variance + 1e-5)).astype(np.float32)


def batch(family, name, x, opset, constant=True, **attributes):
    c = x[1]
    family.add(f"batch_{name}", "BatchNormalization", [x, (c,), (c,), (c,), positive(c)],
               opset=opset, constants="all but first" if constant else (), **attributes)


def cases(family):
    for opset in (7, 9, 14, 15):
        batch(family, f"opset_{opset}", (2, 5, 7, 9), opset)
    batch(family, "inputs", (2, 5, 7, 9), 15, constant=False)
    batch(family, "epsilon", (1, 13, 15), 9, epsilon=0.1)
    batch(family, "2d", (15, 13), 15)
    batch(family, "3d_space", (1, 3, 3, 5, 7), 15)

    far = np.linspace(1000, 1001, 2 * 3 * 35, dtype=np.float32).reshape(2, 3, 35)
    for name, x in {"plane": (2, 3, 13, 15), "line": (1, 4, 127)}.items():
        family.add(f"instance_{name}", "InstanceNormalization", [x, (x[1],), (x[1],)], opset=6,
                   epsilon=1e-3)
    family.add("instance_far_from_zero", "InstanceNormalization",
               [far, np.ones(3, np.float32), np.zeros(3, np.float32)], opset=6,
               expected=[normalized(far)])
    family.add("group_21", "GroupNormalization", [(2, 6, 5, 7), (6,), (6,)], opset=21,
               num_groups=3)
    family.add("group_18", "GroupNormalization", [(2, 6, 5, 7), (3,), (3,)], opset=18,
               num_groups=3, constants="all but first")

    family.add("layer_last", "LayerNormalization", [(3, 13, 127), (127,), (127,)])
    family.add("layer_no_bias", "LayerNormalization", [(3, 13, 15), (15,)], epsilon=0.5)
    family.add("layer_axis_1", "LayerNormalization", [(3, 13, 15), (13, 15), (13, 15)], axis=1)
    family.add("layer_axis_-2", "LayerNormalization", [(3, 13, 15), (13, 15), (13, 15)], axis=-2)
    family.add("layer_moments", "LayerNormalization", [(3, 4, 15), (15,), (15,)], outputs=3)
    family.add("layer_far_from_zero", "LayerNormalization", [far, np.ones(35, np.float32)],
               expected=[normalized(far)])
    family.add("rms", "RMSNormalization", [(3, 4, 15), (15,)], opset=23)

    for op in ("Softmax", "LogSoftmax", "Hardmax"):
        for axis in (0, 1, 2, -1, -2):
            for opset in (11, 13):
                family.add(f"{op}_axis_{axis}_{opset}", op, [(3, 13, 15)], opset=opset, axis=axis)
        family.add(f"{op}_default_11", op, [(3, 5, 4)], opset=11)
        family.add(f"{op}_default_13", op, [(3, 5, 4)], opset=13)
    for op in ("Softmax", "LogSoftmax"):
        family.add(f"{op}_127", op, [(7, 127)], opset=13)
        family.add(f"{op}_columns", op, [(2, 5, 131)], opset=13, axis=1)
        wide = np.linspace(-200, 90, 127, dtype=np.float32).reshape(1, 127)
        family.add(f"{op}_wide", op, [wide], opset=13)
        family.add(f"{op}_high", op, [wide + 1000], opset=13)
    family.addNodeTests("BatchNormalization", "InstanceNormalization", "GroupNormalization",
                        "LayerNormalization", "RMSNormalization",
                        "Softmax", "LogSoftmax", "Hardmax",
                        skip=("batchnorm_example_training_mode",
                              "batchnorm_epsilon_training_mode"))
