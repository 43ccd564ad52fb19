# SPDX-License-Identifier: Apache-2.0
"""Functions of one and two arguments, selection and casts."""
import numpy as np

SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, -1e-40, 3e38, -3e38, 0.5, 1.5, 2.5,
                    -0.5, -1.5, -2.5], np.float32)
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)


def integers(dtype, shape, low=-9, high=10):
    random = np.random.default_rng(7)
    drawn = random.integers(0 if np.dtype(dtype).kind == "u" else low, high, shape)
    return np.asarray(drawn).astype(dtype)


def spread(count, low, high):
    return np.linspace(low, high, count, dtype=np.float32)


def unary(family):
    everywhere = ["Abs", "Atan", "Ceil", "Cos", "Erf", "Exp", "Floor", "HardSwish", "Mish", "Neg",
                  "Relu", "Round", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign",
                  "Tanh", "Asinh", "Celu", "Elu", "Gelu", "HardSigmoid", "LeakyRelu", "Selu",
                  "Shrink", "ThresholdedRelu"]
    for op in everywhere:
        opset = 22 if op in ("HardSwish", "Mish") else 20
        family.add(f"{op}_line", op, [spread(259, -11, 11)], opset=opset)
        family.add(f"{op}_odd", op, [(13, 15)], opset=opset)
        family.add(f"{op}_scalar", op, [()], opset=opset)
        family.add(f"{op}_empty", op, [(3, 0, 5)], opset=opset)
    for op, low, high in (("Acos", -1, 1), ("Asin", -1, 1), ("Atanh", -.99, .99), ("Acosh", 1, 50),
                          ("Log", 1e-3, 50), ("Sqrt", 0, 50), ("Reciprocal", 0.1, 20),
                          ("Tan", -1.5, 1.5), ("Cosh", -9, 9)):
        family.add(f"{op}_line", op, [spread(131, low, high)], opset=20)
    for op in ("Abs", "Ceil", "Exp", "Floor", "Neg", "Round", "Sigmoid", "Tanh", "IsNaN",
               "IsInf", "Sqrt", "Reciprocal"):
        family.add(f"{op}_special", op, [SPECIAL], opset=20)
    for op in ("Abs", "Sign"):
        for dtype in INTEGERS:
            family.add(f"{op}_{np.dtype(dtype).name}", op, [integers(dtype, (3, 5))], opset=13)
    for dtype in (np.int8, np.int32, np.int64):
        family.add(f"Neg_{np.dtype(dtype).name}", "Neg", [integers(dtype, (3, 5))], opset=13)
    family.add("Relu_int32", "Relu", [integers(np.int32, 17)], opset=14)
    for op in ("Exp", "Tanh", "Sigmoid", "Relu", "Erf", "Abs", "Sqrt"):
        if op not in ("Sigmoid", "Erf"):
            family.add(f"{op}_double", op, [np.linspace(0, 3, 21)], opset=13)
    family.add("Not_bool", "Not", [np.array([True, False, True])])
    x = (5, 13)
    family.add("Celu_alpha", "Celu", [x], alpha=0.3)
    family.add("Elu_alpha", "Elu", [x], alpha=2.0)
    family.add("Gelu_tanh", "Gelu", [spread(259, -11, 11)], opset=20, approximate="tanh")
    family.add("HardSigmoid_both", "HardSigmoid", [x], alpha=0.4, beta=0.3)
    family.add("LeakyRelu_alpha", "LeakyRelu", [x], alpha=0.2)
    family.add("LeakyRelu_negative", "LeakyRelu", [x], alpha=-0.5)
    family.add("Selu_both", "Selu", [x], alpha=2.0, gamma=3.0)
    family.add("Shrink_both", "Shrink", [x], lambd=0.7, bias=0.2)
    family.add("ThresholdedRelu_alpha", "ThresholdedRelu", [x], alpha=0.3)
    family.add("IsInf_negative", "IsInf", [SPECIAL], opset=20, detect_positive=0)
    family.add("IsInf_positive", "IsInf", [SPECIAL], opset=20, detect_negative=0)
    low, high = np.float32(-0.5), np.float32(0.75)
    family.add("Clip_attributes", "Clip", [x], opset=7, min=-0.5, max=0.75)
    family.add("Clip_minimum_attribute", "Clip", [x], opset=10, min=0.25)
    family.add("Clip_inputs", "Clip", [x, np.array(low), np.array(high)], constants=(1, 2))
    family.add("Clip_given", "Clip", [x, np.array(low), np.array(high)])
    family.add("Clip_maximum", "Clip", [x, None, np.array(high)], constants=(2,))
    family.add("Clip_none", "Clip", [x])
    family.add("Clip_crossed", "Clip", [x, np.array(high), np.array(low)])
    for dtype in (np.int8, np.uint8, np.int32, np.int64, np.float64):
        family.add(f"Clip_{np.dtype(dtype).name}", "Clip",
                   [integers(dtype, (4, 5)), np.array(2, dtype), np.array(5, dtype)], opset=13)
    family.add("Clip_int64_large", "Clip",
               [np.array([2**62 + 1, -2**62 - 1, 5]), None, np.array(2**62 - 1)], opset=13)


SHAPES = {
    "same": ((13, 15), (13, 15)), "scalar": ((13, 15), ()), "one": ((13, 15), (1,)),
    "scalar_first": ((), (13, 15)), "scalars": ((), ()),
    "channel": ((2, 13, 5, 7), (13, 1, 1)), "channel_batch": ((2, 13, 5, 7), (1, 13, 1, 1)),
    "row": ((127, 13), (13,)), "row_first": ((13,), (127, 13)), "column": ((127, 13), (127, 1)),
    "outer": ((13, 1), (1, 15)), "outer_first": ((1, 15), (13, 1)),
    "mixed": ((3, 1, 5, 1), (7, 1, 6)), "inner_one": ((2, 3, 5, 1), (2, 3, 1, 7)),
    "batch": ((1, 3, 5), (4, 1, 5)), "high_rank": ((2, 1, 3, 1, 2, 5), (3, 1, 4, 1, 5)),
    "empty": ((0, 13), (13,)), "empty_one": ((3, 1), (3, 0)),
}


def binary(family):
    for shape, (a, b) in SHAPES.items():
        for op in ("Add", "Sub", "Mul", "Div", "Max", "Min", "PRelu", "Less", "Equal", "Sum",
                   "Mean"):
            if op == "PRelu" and np.broadcast_shapes(a, b) != a:
                continue
            family.add(f"{op}_{shape}", op, [a, b], opset=13)
        family.add(f"Where_{shape}", "Where", [np.asarray(integers(np.int8, a) > 0), b, a], opset=16)
        family.add(f"Where_condition_{shape}", "Where", [np.asarray(integers(np.int8, b) > 0), a, b], opset=16)
    for dtype in (*INTEGERS, np.float64):
        name = np.dtype(dtype).name
        a = integers(dtype, (5, 7))
        b = integers(dtype, 7, 1, 6)
        for op in ("Add", "Sub", "Mul", "Div", "Max", "Min", "Mod"):
            if op == "Mod" and dtype == np.float64:
                continue
            if dtype in (np.int8, np.uint8, np.int16, np.uint16) and op in ("Add", "Sub", "Mul", "Div", "Max", "Min"):
                continue  # ONNX Runtime has no kernels for these; the node tests do
            family.add(f"{op}_{name}", op, [a, b], opset=14)
        if dtype in (np.int32, np.int64, np.float64):
            for op in ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"):
                family.add(f"{op}_{name}", op, [a, b], opset=16)
    negative = np.array([[7, -7, 7, -7, 0, 6, -6]], np.int32)
    divisors = np.array([[3], [-3], [2], [-2], [7], [-7]], np.int32)
    family.add("Div_signs", "Div", [negative, divisors], opset=14)
    family.add("Mod_signs", "Mod", [negative, divisors], opset=13)
    family.add("Mod_signs_fmod", "Mod", [negative, divisors], opset=13, fmod=1)
    family.add("Mod_float", "Mod", [(5, 7), np.array([1.5, -0.75, 2, -3, 0.5, 1, 2.5], np.float32)],
               opset=13, fmod=1)
    for op in ("Max", "Min", "Add", "Mul", "Div", "Less", "Greater", "Equal"):
        family.add(f"{op}_special", op, [SPECIAL[:, None], SPECIAL[None, :]], opset=13)
    for op in ("Max", "Min", "Sum", "Mean"):
        family.add(f"{op}_one_operand", op, [(3, 5)], opset=13)
        family.add(f"{op}_three", op, [(3, 1, 5), (4, 1), (5,)], opset=13)
    base = np.abs(spread(21, 0.1, 4))
    for exponent in (2, 3, 0.5, -1, 1, 0, 2.5):
        family.add(f"Pow_{exponent}", "Pow", [base, np.array(exponent, np.float32)], opset=15)
    family.add("Pow_square_row", "Pow", [(5, 7), np.full((1, 1, 1), 2, np.float32)], opset=15)
    family.add("Pow_elements", "Pow", [base, spread(21, -2, 2)], opset=15)
    family.add("Pow_float_int", "Pow", [base, np.array([2], np.int64)], opset=15)
    family.add("Pow_float_int32", "Pow", [base, np.array(3, np.int32)], opset=15)
    family.add("Pow_int_int", "Pow", [integers(np.int64, 9), integers(np.int64, 9, 0, 5) % 5], opset=15)
    family.add("Pow_int_float", "Pow", [np.array([1, 2, 9], np.int32), np.array([2, 3, .5], np.float32)],
               opset=15)
    family.add("Pow_opset7", "Pow", [base, np.array(2, np.float32)], opset=7)
    bools = (np.array([[True], [False]]), np.array([True, False, True]))
    for op in ("And", "Or", "Xor"):
        family.add(f"{op}_bool", op, list(bools))
    family.add("Equal_bool", "Equal", list(bools), opset=13)
    for dtype in (np.int64, np.uint8, np.int32, np.float64):
        family.add(f"Where_{np.dtype(dtype).name}", "Where",
                   [bools[1], integers(dtype, (2, 3)), np.array(3, dtype)], opset=16)


def casts(family):
    from onnx import helper
    values = np.array([0, 1, 2.75, 100.5, 17, 3.5, 0.25])
    types = (*INTEGERS, np.float16, np.float32, np.float64, np.bool_)
    for source in types:
        for target in types:
            family.add(f"Cast_{np.dtype(source).name}_{np.dtype(target).name}", "Cast",
                       [values.astype(source)], opset=13,
                       to=helper.np_dtype_to_tensor_dtype(np.dtype(target)))
    for target in (np.int8, np.int32, np.int64, np.float16, np.bool_, np.float64):
        family.add(f"Cast_negative_{np.dtype(target).name}", "Cast",
                   [np.array([-1, -2.75, -100.5, -0.25], np.float32)], opset=13,
                   to=helper.np_dtype_to_tensor_dtype(np.dtype(target)))
    family.add("Cast_halves", "Cast", [spread(301, -70000, 70000)], opset=13, to=10)
    family.add("Cast_wrap", "Cast", [np.array([300, -300, 70000, -1])], opset=13, to=3)
    family.add("CastLike_int32", "CastLike", [(3, 5), np.zeros(2, np.int32)], opset=15)


def cases(family):
    unary(family)
    binary(family)
    casts(family)
    family.addNodeTests(
        "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Celu", "Clip", "Cos",
        "Cosh", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "IsInf", "IsNaN",
        "LeakyRelu", "Log", "Mish", "Neg", "Not", "Reciprocal", "Relu", "Round", "Selu", "Shrink",
        "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Swish", "Tan", "Tanh",
        "ThresholdedRelu", "Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less",
        "LessOrEqual", "Max", "Mean", "Min", "Mod", "Mul", "Or", "Pow", "PRelu", "Sub", "Sum",
        "Where", "Xor", "Cast", "CastLike")
