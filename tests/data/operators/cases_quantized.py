# SPDX-License-Identifier: Apache-2.0
"""Quantization, and convolutions and matrix products of 8-bit integers."""
import numpy as np

from operator_case import randomFor


def integers(name, shape, kind):
    info = np.iinfo(kind)
    return randomFor(name).integers(info.min, info.max + 1, shape).astype(kind)


def scale(value):
    return np.array(value, np.float32)


def cases(family):
    x = 3 * randomFor("x").standard_normal((2, 4, 5)).astype(np.float32)
    for kind in (np.int8, np.uint8):
        zero = np.array(7, kind)
        family.add(f"quantize_{kind.__name__}", "QuantizeLinear", [x, scale(0.05), zero])
        family.add(f"quantize_axis_{kind.__name__}", "QuantizeLinear",
                   [x, scale([0.05, 0.1, 0.02, 0.5]), np.array([1, 2, 3, 4], kind)], axis=1)
        family.add(f"dequantize_axis_{kind.__name__}", "DequantizeLinear",
                   [integers("d", (2, 4, 5), kind), scale([0.05, 0.1, 0.02, 0.5]),
                    np.array([1, 2, 3, 4], kind)], axis=-2)
    family.add("dynamic", "DynamicQuantizeLinear", [x], outputs=3)
    family.add("dynamic_positive", "DynamicQuantizeLinear", [np.abs(x)], outputs=3)

    for name, channels, groups in (("conv", 3, 1), ("conv_groups", 4, 2), ("conv_long", 600, 1)):
        image = integers(name + "x", (1, channels, 6, 5), np.uint8)
        weights = integers(name + "w", (4, channels // groups, 3, 3), np.int8)
        bias = integers(name + "b", (4,), np.int16).astype(np.int32)
        family.add(f"{name}_integer", "ConvInteger",
                   [image, integers(name + "u", weights.shape, np.uint8), np.array(120, np.uint8),
                    np.array(128, np.uint8)], group=groups, pads=[1, 1, 1, 1])
        family.add(f"{name}_qlinear", "QLinearConv",
                   [image, scale(0.02), np.array(120, np.uint8), weights,
                    scale([0.003, 0.01, 0.002, 0.005]), np.zeros(4, np.int8), scale(0.3),
                    np.array(100, np.uint8), bias], group=groups, strides=[2, 1],
                   constants="all but first")
    for rows, inner in ((3, 17), (2, 5000)):
        a = integers(f"a{inner}", (rows, inner), np.uint8)
        b = integers(f"b{inner}", (inner, 4), np.int8)
        family.add(f"matmul_integer_{inner}", "MatMulInteger",
                   [a, b, np.array(99, np.uint8), np.array(-3, np.int8)])
        family.add(f"matmul_qlinear_{inner}", "QLinearMatMul",
                   [a, scale(0.02), np.array(99, np.uint8), b, scale(0.01), np.array(-3, np.int8),
                    scale(0.9), np.array(130, np.uint8)])
