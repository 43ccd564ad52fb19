# SPDX-License-Identifier: Apache-2.0
"""Quantization, and convolutions and matrix products of 8-bit integers."""
import numpy as np
from onnx import helper

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
    for name, image, kernel in (("1d", (2, 3, 21), (4, 3, 5)), ("3d", (1, 2, 4, 5, 6), (3, 2, 2, 3, 2))):
        family.add(f"conv_{name}_integer", "ConvInteger",
                   [integers(name + "x", image, np.uint8), integers(name + "w", kernel, np.uint8),
                    np.array(7, np.uint8), np.array(128, np.uint8)],
                   pads=[1] * (len(image) - 2) + [0] * (len(image) - 2))
    # More elements than a GPU leaves with the CPU.
    image = integers("largex", (1, 4, 20, 20), np.uint8)
    weights = integers("largew", (4, 4, 3, 3), np.int8)
    family.add("conv_large_integer", "ConvInteger", [image, weights, np.array(120, np.uint8)])
    family.add("conv_large_qlinear", "QLinearConv",
               [image, scale(0.02), np.array(120, np.uint8), weights, scale(0.01),
                np.array(0, np.int8), scale(0.9), np.array(100, np.uint8)],
               constants="all but first")
    for rows, inner in ((3, 17), (2, 5000)):
        a = integers(f"a{inner}", (rows, inner), np.uint8)
        b = integers(f"b{inner}", (inner, 4), np.int8)
        family.add(f"matmul_integer_{inner}", "MatMulInteger",
                   [a, b, np.array(99, np.uint8), np.array(-3, np.int8)])
        family.add(f"matmul_qlinear_{inner}", "QLinearMatMul",
                   [a, scale(0.02), np.array(99, np.uint8), b, scale(0.01), np.array(-3, np.int8),
                    scale(0.9), np.array(130, np.uint8)])

    microsoft(family)


def microsoft(family):
    """Operators of the domain com.microsoft that ONNX Runtime's quantizer writes."""
    def add(name, op, kind, inputs, constants="all but first", **attributes):
        family.add(name, op, inputs, check=False, domain="com.microsoft", constants=constants,
                   outputTypes=(helper.np_dtype_to_tensor_dtype(np.dtype(kind)),), **attributes)

    def tensor(name, shape, kind, step, zero):
        return [integers(name, shape, kind), scale(step), np.array(zero, kind)]

    for kind, zero in ((np.uint8, 120), (np.int8, -5)):
        k = kind.__name__
        x = tensor("mx" + k, (1, 3, 6, 5), kind, 0.02, zero)
        other = tensor("my" + k, (3, 1, 5), kind, 0.013, zero - 2)
        result = [scale(0.031), np.array(zero + 4, kind)]
        add(f"qlinear_add_{k}", "QLinearAdd", kind, [*x, *other, *result])
        add(f"qlinear_mul_{k}", "QLinearMul", kind, [*x, *other, *result])
        add(f"qlinear_sigmoid_{k}", "QLinearSigmoid", kind, [*x, scale(1 / 256), result[1]])
        add(f"qlinear_leaky_relu_{k}", "QLinearLeakyRelu", kind, [*x, *result], alpha=0.2)
        add(f"qlinear_global_average_pool_{k}", "QLinearGlobalAveragePool", kind,
            [*x, scale(0.004), result[1]])
        add(f"qlinear_average_pool_{k}", "QLinearAveragePool", kind, [*x, *result],
            kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1])
        add(f"qlinear_concat_{k}", "QLinearConcat", kind,
            [*result, *x, *tensor("mz" + k, (1, 2, 6, 5), kind, 0.04, zero)], axis=1,
            constants=(0, 1, 3, 4, 5, 6, 7))
    x = tensor("nx", (1, 6, 5, 3), np.uint8, 0.02, 120)
    weights = tensor("nw", (4, 3, 3, 3), np.int8, 0.01, 0)
    result = [scale(0.3), np.array(100, np.uint8)]
    add("nhwc_qlinear_conv", "QLinearConv", np.uint8, [*x, *weights, *result],
        constants=range(1, 8), channels_last=1, pads=[1, 1, 0, 1], strides=[2, 1])
    add("nhwc_average_pool", "QLinearAveragePool", np.uint8, [*x, *result], channels_last=1,
        kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1])
    add("nhwc_global_average_pool", "QLinearGlobalAveragePool", np.uint8,
        [*x, scale(0.004), result[1]], channels_last=1)
    add("nhwc_max_pool", "NhwcMaxPool", np.uint8, x[:1], kernel_shape=[3, 2], strides=[2, 1],
        pads=[1, 0, 1, 1], constants=())
    x = tensor("sx", (2, 3, 7), np.uint8, 0.05, 100)
    add("qlinear_softmax", "QLinearSoftmax", np.uint8, [*x, scale(1 / 256), np.array(0, np.uint8)],
        nodeAttributes={"opset": 13}, axis=-1)
    add("qlinear_where", "QLinearWhere", np.uint8,
        [np.tril(np.ones((3, 7), bool)), *x, *tensor("sy", (7,), np.uint8, 0.02, 90), scale(0.04),
         np.array(110, np.uint8)])

    a, b = integers("ga", (5, 40), np.uint8), integers("gb", (40, 6), np.int8)
    steps = scale([0.01, 0.02, 0.005, 0.03, 0.01, 0.004])
    bias = integers("gc", (6,), np.int16).astype(np.int32)
    zero = np.array(110, np.uint8)
    add("qgemm", "QGemm", np.uint8, [a, scale(0.02), zero, b, scale(0.01), np.array(-3, np.int8), bias,
                           scale(0.9), np.array(130, np.uint8)])
    add("qgemm_columns_transposed", "QGemm", np.uint8,
        [a, scale(0.02), zero, np.ascontiguousarray(b.T), steps, np.zeros(6, np.int8), bias,
         scale(0.4), np.array(130, np.uint8)], transB=1, alpha=0.5)
    add("qgemm_float", "QGemm", np.float32, [a, scale(0.02), zero, b, steps, np.zeros(6, np.int8), bias])
    add("matmul_integer_to_float", "MatMulIntegerToFloat", np.float32,
        [a, b, scale(0.02), steps, zero, np.zeros(6, np.int8), scale(np.arange(6))])
    real = 2 * randomFor("dq").standard_normal((2, 5, 40)).astype(np.float32)
    add("dynamic_matmul_float", "DynamicQuantizeMatMul", np.float32,
        [real, b, steps, np.zeros(6, np.int8), scale(np.arange(6))])
    add("dynamic_matmul_one_scale_float", "DynamicQuantizeMatMul", np.float32,
        [real, b, scale(0.01), np.array(4, np.int8)])
    add("microsoft_quantize16", "QuantizeLinear", np.uint16,
        [real, scale(0.001), np.array(30000, np.uint16)])
    add("microsoft_dequantize16", "DequantizeLinear", np.float32,
        [integers("d16", (2, 5, 40), np.int16), scale(0.001), np.array(-300, np.int16)])

    # ONNX Runtime declares it but cannot run it: computed here, in float64.
    values, step, zero = tensor("mean", (2, 3, 5, 4), np.uint8, 0.03, 110)
    means = (0.03 * (values.astype(np.float64) - 110)).mean((1, 3), keepdims=True)
    add("qlinear_reduce_mean", "QLinearReduceMean", np.uint8,
        [values, step, zero, scale(0.011), np.array(130, np.uint8)], axes=[1, 3], keepdims=1,
        expected=[np.clip(np.rint(means / 0.011) + 130, 0, 255).astype(np.uint8)])
