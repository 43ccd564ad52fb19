# SPDX-License-Identifier: Apache-2.0
"""Operators of float64 models, of which ONNX Runtime has some only: expected is mostly what the
reference implementation of the onnx package computes in float64."""
import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from operator_case import randomFor


def doubles(name, shape):
    return randomFor(name).standard_normal(shape)


def nearTies():
    """The largest of each column exceeds the others by less than float32 can tell."""
    x = np.ones((2, 5, 3))
    x[:, 3] += 1e-12
    return x


def attention(q, k, v, change):
    scores = change(q @ np.swapaxes(k, 2, 3) / np.sqrt(q.shape[3]))
    weights = np.exp(scores - scores.max(axis=3, keepdims=True))
    return weights / weights.sum(axis=3, keepdims=True) @ v


def deformConv(x, kernel, moves, shift, share):
    """Two groups, two of offsets, a row of padding at top and bottom; onnx computes in float32."""
    (batches, channels, height, width), (outputs, _, *taps) = x.shape, kernel.shape
    rows, columns = moves.shape[2:]
    moves = moves.reshape(batches, 2, *taps, 2, rows, columns)
    share = share.reshape(batches, 2, *taps, rows, columns)
    y = np.zeros((batches, outputs, rows, columns)) + shift[:, None, None]
    for n, c, i, j, row, column in np.ndindex(batches, channels, *taps, rows, columns):
        group = c // (channels // 2)
        top, left = moves[n, group, i, j, :, row, column] + (row + i - 1, column + j)
        value = sum(x[n, c, a, b] * (1 - abs(top - a)) * (1 - abs(left - b))
                    for a in range(height) for b in range(width)
                    if abs(top - a) < 1 and abs(left - b) < 1)
        outs = slice(group * outputs // 2, (group + 1) * outputs // 2)
        y[n, outs, row, column] += (kernel[outs, c % (channels // 2), i, j] * value
                                    * share[n, group, i, j, row, column])
    return y


def cases(family):
    def add(name, op, arrays, opset=17, expected=None, **attributes):
        node = helper.make_node(op, [f"x{i}" for i in range(len(arrays))], ["y"], **attributes)
        graph = helper.make_graph(
            [node], name,
            [helper.make_tensor_value_info(
                f"x{i}", helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
             for i, a in enumerate(arrays)],
            [helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        if expected is None:
            feeds = {f"x{i}": a for i, a in enumerate(arrays)}
            expected = ReferenceEvaluator(model).run(None, feeds)
        family.add(name, op, arrays, opset=opset, expected=expected, **attributes)

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
    squares = np.pad(x**2, ((0, 0), (1, 1), (0, 0), (0, 0)))  # onnx sums them in float32
    around = squares[:, :-2] + squares[:, 1:-1] + squares[:, 2:]
    add("lrn", "LRN", [x], size=3, alpha=0.5, beta=0.5, bias=2.0,
        expected=[x / np.sqrt(2 + 0.5 / 3 * around)])
    add("lp_pool", "LpPool", [x], opset=18, kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1],
        p=3)
    for p in (1, 2):
        add(f"lp_normalization_{p}", "LpNormalization", [x], axis=1, p=p,
            expected=[x / np.linalg.norm(x, p, axis=1, keepdims=True)])  # onnx sums x, not |x|
    add("hardmax", "Hardmax", [nearTies()], axis=1)
    family.add("affine_grid", "AffineGrid", [doubles("theta", (2, 2, 3)), np.array([2, 3, 4, 5])],
               opset=20)
    for mode in ("linear", "nearest", "cubic"):
        family.add(f"grid_sample_{mode}", "GridSample", [x, doubles("grid", (2, 3, 4, 2))],
                   opset=20, mode=mode)
    add("dft", "DFT", [doubles("signal", (2, 12, 2)), np.array(15)], opset=20)
    add("stft", "STFT", [doubles("sound", (1, 32, 1)), np.array(4), np.hanning(16)])
    add("col2im", "Col2Im", [doubles("columns", (1, 8, 9)), np.array([4, 4]), np.array([2, 2])],
        opset=18)
    add("max_unpool", "MaxUnpool",
        [doubles("pooled", (1, 1, 2, 2)), np.array([[[[1, 3], [9, 14]]]])], kernel_shape=[2, 2],
        strides=[2, 2])
    scores, targets = doubles("scores", (4, 5, 3)), np.arange(12).reshape(4, 3) % 5
    for op in ("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"):
        add(op.lower(), op, [scores, targets, np.abs(doubles("weights", 5))])
    q, k, v = (doubles(name, (2, 6, length, 5)) for name, length in (("q", 3), ("k", 4), ("v", 4)))
    mask, later = doubles("mask", (3, 4)), np.triu(np.full((3, 4), -np.inf), 1)
    add("attention", "Attention", [q, k, v, mask], opset=23, softcap=2.0,
        expected=[attention(q, k, v, lambda scores: 2 * np.tanh((scores + mask) / 2))])
    k, v = k[:, :2], v[:, :2]
    add("attention_causal", "Attention", [q, k, v], opset=23, is_causal=1,
        expected=[attention(q, np.repeat(k, 3, 1), np.repeat(v, 3, 1),
                            lambda scores: scores + later)])
    regions = np.array([[0.3, 0.7, 4.1, 5.2], [1.1, 0.2, 3.3, 4.4]])
    for mode in ("avg", "max"):
        family.add(f"roi_align_{mode}", "RoiAlign", [x, regions, np.array([1, 0])], opset=16,
                   mode=mode, output_height=3, output_width=2, sampling_ratio=2)
    moved = [x, doubles("kernel", (6, 2, 3, 2)), doubles("moves", (2, 24, 6, 4)) * 0.7,
             doubles("shift", 6), doubles("share", (2, 12, 6, 4))]
    add("deform_conv", "DeformConv", moved, opset=19, group=2, offset_group=2, pads=[1, 0, 1, 0],
        expected=[deformConv(*moved)])
