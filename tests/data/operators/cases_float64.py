# SPDX-License-Identifier: Apache-2.0
"""Operators of float64 models, of which ONNX Runtime has some only: expected is what the reference
implementation of the onnx package computes in float64."""
import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from operator_case import randomFor


def doubles(name, shape):
    return randomFor(name).standard_normal(shape)


def cases(family):
    def add(name, op, arrays, opset=17, **attributes):
        node = helper.make_node(op, [f"x{i}" for i in range(len(arrays))], ["y"], **attributes)
        graph = helper.make_graph(
            [node], name,
            [helper.make_tensor_value_info(f"x{i}", TensorProto.DOUBLE, a.shape)
             for i, a in enumerate(arrays)],
            [helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        reference = ReferenceEvaluator(model)
        feeds = {f"x{i}": a for i, a in enumerate(arrays)}
        family.add(name, op, arrays, opset=opset, expected=reference.run(None, feeds),
                   **attributes)

    x = doubles("x", (2, 4, 6, 5))
    add("conv", "Conv", [x, doubles("w", (6, 2, 3, 2)), doubles("b", 6)], group=2,
        strides=[2, 1], pads=[1, 0, 2, 1])
    add("conv_dilated", "Conv", [doubles("l", (2, 3, 17)), doubles("v", (4, 3, 3))],
        dilations=[3], pads=[2, 2])
    add("conv_transposed", "ConvTranspose", [x, doubles("t", (4, 3, 3, 2)), doubles("c", 3)],
        strides=[2, 3], pads=[1, 0, 0, 1])
    add("average_pool", "AveragePool", [x], kernel_shape=[3, 2], strides=[2, 1],
        pads=[1, 0, 1, 1])
    add("global_average_pool", "GlobalAveragePool", [x])
    add("batch_normalization", "BatchNormalization",
        [x, *(doubles(n, 4) for n in ("s", "h", "m")), np.abs(doubles("q", 4)) + 0.5])
    add("instance_normalization", "InstanceNormalization", [x, doubles("s", 4), doubles("h", 4)])
    add("layer_normalization", "LayerNormalization", [x, doubles("s", 5), doubles("h", 5)])
    for op in ("Softmax", "LogSoftmax"):
        add(op.lower(), op, [x], axis=1)
        add(op.lower() + "_last", op, [x], axis=-1)
