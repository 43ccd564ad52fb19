# SPDX-License-Identifier: Apache-2.0
"""Operators that move elements, make constants and index."""
import itertools

import numpy as np
from onnx import numpy_helper

I64 = np.int64


def ints(*values):
    return np.array(values, I64)


def counted(*shape, dtype=np.float32):
    return np.arange(np.prod(shape), dtype=np.float64).reshape(shape).astype(dtype)


def views(family):
    x = (3, 4, 5)
    for name, shape in {"flat": (-1,), "copy": (0, -1), "same": (3, 4, 5), "more": (1, 3, 2, 2, 5),
                        "copy_last": (4, 3, 0)}.items():
        family.add(f"Reshape_{name}", "Reshape", [x, ints(*shape)], opset=13, constants=(1,))
        family.add(f"Reshape_{name}_given", "Reshape", [x, ints(*shape)], opset=14)
    family.add("Reshape_scalar", "Reshape", [(1, 1), np.zeros(0, I64)], opset=13)
    family.add("Reshape_empty", "Reshape", [(0, 3), ints(0, 5, -1)[:1]], opset=13)
    family.add("Reshape_allowzero", "Reshape", [(0, 3), ints(3, 0)], opset=14, allowzero=1)
    for axis in (-2, 0, 1, 3):
        family.add(f"Flatten_{axis}", "Flatten", [x], opset=13, axis=axis)
    family.add("Flatten_scalar", "Flatten", [()], opset=13, axis=0)
    family.add("Squeeze_all", "Squeeze", [(1, 3, 1)], opset=13)
    family.add("Squeeze_attribute", "Squeeze", [(1, 3, 1)], opset=11, axes=[-1])
    family.add("Squeeze_input", "Squeeze", [(1, 3, 1), ints(0, 2)], opset=13, constants=(1,))
    family.add("Unsqueeze_attribute", "Unsqueeze", [(3, 5)], opset=11, axes=[0, 3])
    family.add("Unsqueeze_input", "Unsqueeze", [(3, 5), ints(-1, 1)], opset=13, constants=(1,))
    family.add("Unsqueeze_scalar", "Unsqueeze", [(), ints(0)], opset=13)
    family.add("Identity_float", "Identity", [x], opset=13)
    family.add("Identity_empty", "Identity", [(0,)], opset=13)
    family.add("Dropout_10", "Dropout", [x], opset=10)
    family.add("Dropout_13", "Dropout", [x, np.array(0.4, np.float32)], opset=13, constants=(1,),
               outputs=2)


def transposes(family):
    for permutation in itertools.permutations(range(4)):
        family.add("Transpose_" + "".join(map(str, permutation)), "Transpose", [(2, 3, 5, 7)],
                   opset=13, perm=permutation)
    for rank in range(5):
        family.add(f"Transpose_default_{rank}", "Transpose", [(5, 3, 2, 4)[:rank]], opset=13)
    for name, dtype in {"int8": np.int8, "float64": np.float64, "float16": np.float16,
                        "int64": np.int64, "bool": np.bool_}.items():
        family.add(f"Transpose_{name}", "Transpose", [counted(37, 70, dtype=dtype)], opset=13)
    family.add("Transpose_tiles", "Transpose", [counted(2, 35, 49)], opset=13, perm=[0, 2, 1])
    family.add("Transpose_tall", "Transpose", [counted(3, 127)], opset=13)
    family.add("Transpose_wide", "Transpose", [counted(127, 3)], opset=13)
    family.add("Transpose_empty", "Transpose", [(3, 0, 5)], opset=13)
    family.add("Transpose_five", "Transpose", [counted(2, 3, 4, 5, 6)], opset=13,
               perm=[4, 0, 3, 1, 2])


def joins(family):
    for axis in (0, 1, 2, -1):
        for dtype in (np.float32, np.int64, np.uint8):
            shapes = [[3, 4, 5] for _ in range(3)]
            shapes[1][axis] = 1
            shapes[2][axis] = 7
            family.add(f"Concat_{axis}_{np.dtype(dtype).name}", "Concat",
                       [counted(*s, dtype=dtype) for s in shapes], opset=13, axis=axis)
    family.add("Concat_empty", "Concat", [(3, 0), (3, 2), (3, 0)], opset=13, axis=1)
    family.add("Concat_one", "Concat", [(3, 2)], opset=13, axis=0)
    x = counted(3, 7, 5)
    family.add("Split_equal", "Split", [counted(3, 6, 5)], opset=11, outputs=3, axis=1)
    family.add("Split_attribute", "Split", [x], opset=11, outputs=3, axis=1, split=[1, 4, 2])
    family.add("Split_input", "Split", [x, ints(1, 4, 2)], opset=13, outputs=3, axis=-2,
               constants=(1,))
    family.add("Split_zero", "Split", [x, ints(0, 7)], opset=13, outputs=2, axis=1)
    family.add("Split_uneven", "Split", [x], opset=18, outputs=3, axis=1, num_outputs=3)
    family.add("Split_first", "Split", [x], opset=18, outputs=3, num_outputs=3)
    for shape in ((3, 4, 5), (1, 4, 1), (5,), (2, 3, 4, 5), ()):
        family.add("Expand_" + "x".join(map(str, shape)), "Expand",
                   [(3, 1, 5) if len(shape) != 1 else (1,), np.array(shape, I64)], opset=13)
    family.add("Expand_empty", "Expand", [(1, 3), ints(0, 3)], opset=13)
    for repeats in ((1, 1, 1), (2, 1, 3), (1, 4, 1), (0, 1, 1)):
        family.add("Tile_" + "x".join(map(str, repeats)), "Tile", [(2, 3, 5), ints(*repeats)],
                   opset=13)
    for block in (2, 3):
        family.add(f"SpaceToDepth_{block}", "SpaceToDepth", [counted(2, 3, 6, 12)], opset=13,
                   blocksize=block)
        for mode in ("DCR", "CRD"):
            family.add(f"DepthToSpace_{mode}_{block}", "DepthToSpace", [counted(2, 36, 3, 5)],
                       opset=13, blocksize=block, mode=mode)


def slices(family):
    x = counted(7, 13, 5)
    large = np.iinfo(I64)
    table = {
        "plain": ((1, 2), (5, 9), None, None), "negative": ((-6, -4), (-1, -1), (0, 1), None),
        "beyond": ((0,), (large.max,), (1,), None), "before": ((-100,), (3,), (1,), None),
        "steps": ((0, 1), (7, 12), (0, 1), (2, 3)), "backwards": ((-1,), (large.min,), (0,), (-1,)),
        "backwards_steps": ((11, 6), (0, 1), (1, 0), (-2, -3)), "all_back": ((20,), (-20,), (1,), (-1,)),
        "empty": ((5,), (3,), (1,), None), "empty_back": ((3,), (5,), (1,), (-1,)),
        "large_step": ((1,), (13,), (1,), (100,)), "negative_axes": ((1, 0), (4, 2), (-1, -3), None),
        "last_axis": ((1,), (4,), (2,), (2,)), "largest_step": ((0,), (5,), (2,), (large.max,)),
        "smallest_step": ((4,), (-6,), (2,), (large.min,)),
    }
    for name, (starts, ends, axes, steps) in table.items():
        tail = [ints(*starts), ints(*ends), None if axes is None else ints(*axes),
                None if steps is None else ints(*steps)]
        while tail[-1] is None:
            tail.pop()
        family.add(f"Slice_{name}", "Slice", [x, *tail], opset=13, constants="all but first")
    family.add("Slice_given", "Slice", [x, ints(1), ints(3)], opset=10)
    family.add("Slice_int32", "Slice", [x, ints(1).astype(np.int32), ints(3).astype(np.int32)], opset=11)
    family.add("Slice_attributes", "Slice", [x], opset=9, starts=[1, -3], ends=[4, 1000], axes=[0, 1])
    family.add("Slice_attributes_no_axes", "Slice", [x], opset=7, starts=[1], ends=[-1])


def pads(family):
    x = counted(3, 4, 5)
    amounts = {"all": (1, 0, 2, 0, 2, 1), "last": (0, 0, 2, 0, 0, 2), "none": (0,) * 6,
               "cut": (-1, 1, 0, 0, -1, 2)}
    for name, amount in amounts.items():
        for mode in ("constant", "edge", "reflect", "wrap"):
            if mode == "wrap" and name == "cut":
                continue
            family.add(f"Pad_{mode}_{name}", "Pad", [x, ints(*amount)], opset=19, mode=mode,
                       constants=(1,))
    family.add("Pad_value", "Pad", [x, ints(1, 1, 1, 1, 1, 1), np.array(2.5, np.float32)], opset=13)
    family.add("Pad_axes", "Pad", [x, ints(2, 1), np.array(7, np.float32), ints(-1)], opset=18)
    family.add("Pad_attributes", "Pad", [x], opset=7, pads=[0, 1, 2, 0, 0, 1], value=1.5)
    family.add("Pad_attributes_reflect", "Pad", [x], opset=10, pads=[0, 1, 2, 0, 0, 1], mode="reflect")
    family.add("Pad_int64", "Pad", [counted(3, 4, dtype=I64), ints(1, 0, 0, 2), np.array(9)], opset=13)
    family.add("Pad_image", "Pad", [(1, 3, 6, 7), ints(0, 0, 3, 3, 0, 0, 3, 3)], opset=11, mode="reflect")


def indexing(family):
    data = counted(5, 7, 3)
    for axis in (0, 1, -1):
        family.add(f"Gather_{axis}", "Gather", [data, ints(0, 2, 1, -1)], opset=13, axis=axis)
        family.add(f"Gather_scalar_{axis}", "Gather", [data, np.array(1)], opset=13, axis=axis)
        family.add(f"Gather_matrix_{axis}", "Gather",
                   [data, np.array([[0, -2], [2, 1], [1, 1]], np.int32)], opset=11, axis=axis)
        family.add(f"GatherElements_{axis}", "GatherElements",
                   [data, np.array([[[0, 1], [2, -1]]], I64)], opset=13, axis=axis)
        for reduction in ("none", "add", "mul", "max", "min"):
            family.add(f"ScatterElements_{axis}_{reduction}", "ScatterElements",
                       [data, np.array([[[0, 1], [2, -1]]], I64), np.full((1, 2, 2), 4.5, np.float32)],
                       opset=18, axis=axis, **({} if reduction == "none" else {"reduction": reduction}))
    family.add("Gather_int8", "Gather", [counted(5, 7, dtype=np.int8), ints(4, 0)], opset=13, axis=1)
    family.add("Gather_embedding", "Gather", [counted(127, 13), ints(*range(0, 127, 5))], opset=13)
    family.add("Gather_no_indices", "Gather", [data, np.zeros((0, 2), I64)], opset=13)
    family.add("GatherND_full", "GatherND", [data, np.array([[0, 1, 2], [-1, 6, 0]], I64)], opset=13)
    family.add("GatherND_part", "GatherND", [data, np.array([[[0, 1]], [[4, -7]]], I64)], opset=13)
    family.add("GatherND_batch", "GatherND", [data, np.array([[1], [2], [0], [-1], [3]], I64)],
               opset=13, batch_dims=1)
    for reduction in ("none", "add", "mul", "max", "min"):
        family.add(f"ScatterND_{reduction}", "ScatterND",
                   [data, np.array([[0, 1], [4, -7], [2, 2]], I64), counted(3, 3) * 9], opset=18,
                   **({} if reduction == "none" else {"reduction": reduction}))
    family.add("Scatter_9", "Scatter", [counted(3, 3), np.array([[1, 0, 2]], I64),
                                        np.array([[1.5, 2.5, 3.5]], np.float32)], opset=9, check=False)
    family.add("Compress_axis", "Compress", [data, np.array([1, 0, 1, 1, 0, 0, 1], bool)], opset=11, axis=1)
    family.add("Compress_flat", "Compress", [data, np.array([0, 1, 0, 1, 1], bool)], opset=11)
    family.add("NonZero", "NonZero", [(counted(3, 4, 5) % 3 - 1).astype(np.float32)], opset=13)
    family.add("NonZero_bool", "NonZero", [np.array([[True, False], [True, True]])], opset=13)
    for axis in (0, 1, -1):
        family.add(f"OneHot_{axis}", "OneHot", [np.array([[0, 2], [-1, 9]], I64), np.array(4, I64),
                                                np.array([2, 5], np.float32)], opset=11, axis=axis)
    for upper in (0, 1):
        for k in (-2, 0, 1, 9):
            family.add(f"Trilu_{upper}_{k}", "Trilu", [counted(2, 4, 5), np.array(k, I64)], opset=14,
                       upper=upper)
    for exclusive, reverse in itertools.product((0, 1), (0, 1)):
        for axis in (0, 1, -1):
            family.add(f"CumSum_{exclusive}{reverse}_{axis}", "CumSum",
                       [(3, 4, 5), np.array(axis, I64)], opset=14, exclusive=exclusive, reverse=reverse)


def constants(family):
    x = (3, 4, 5)
    family.add("Shape_all", "Shape", [x], opset=13)
    for start, end in ((1, 3), (-2, 9), (2, 1), (-1, 3), (0, -1)):
        family.add(f"Shape_{start}_{end}", "Shape", [x], opset=15, start=start, end=end)
    family.add("Shape_scalar", "Shape", [()], opset=13)
    family.add("Size", "Size", [x], opset=13)
    for name, value in {"value": numpy_helper.from_array(counted(2, 3, dtype=np.int32)), "value_float": 2.5,
                        "value_floats": [1.5, 2.5], "value_int": 7, "value_ints": [7, -8]}.items():
        family.add(f"Constant_{name}", "Constant", [], opset=13, **{name: value})
    family.add("ConstantOfShape", "ConstantOfShape", [ints(2, 3)], opset=13)
    family.add("ConstantOfShape_int", "ConstantOfShape", [ints(2, 0, 3)], opset=13,
               value=numpy_helper.from_array(np.array([7], I64)))
    family.add("ConstantOfShape_scalar", "ConstantOfShape", [np.zeros(0, I64)], opset=13,
               value=numpy_helper.from_array(np.array([True])))
    for dtype in (np.float32, np.float64, np.int16, np.int32, np.int64):
        for start, limit, step in ((0, 7, 2), (5, -3, -3), (3, 3, 1), (4, 2, 1)):
            family.add(f"Range_{np.dtype(dtype).name}_{start}_{limit}", "Range",
                       [np.array(v, dtype) for v in (start, limit, step)], opset=13)
    family.add("EyeLike", "EyeLike", [(4, 5)], opset=9, k=-1)
    family.add("EyeLike_dtype", "EyeLike", [np.zeros((4, 4), np.int32)], opset=9, dtype=11)


def cases(family):
    for part in (views, transposes, joins, slices, pads, indexing, constants):
        part(family)
    family.addNodeTests(
        "Compress", "Concat", "Constant", "ConstantOfShape", "CumSum", "DepthToSpace", "Dropout",
        "Expand", "EyeLike", "Flatten", "Gather", "GatherElements", "GatherND", "Identity",
        "NonZero", "OneHot", "Pad", "Range", "Reshape", "ScatterElements", "ScatterND", "Shape",
        "Size", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Trilu",
        "Unsqueeze",
        skip=("training_dropout", "training_dropout_default", "training_dropout_default_mask",
              "training_dropout_mask"))
