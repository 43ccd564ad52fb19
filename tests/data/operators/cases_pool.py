# SPDX-License-Identifier: Apache-2.0
"""MaxPool, AveragePool and the global ones."""
import itertools

import numpy as np


def both(family, name, x, **attributes):
    opset = attributes.pop("opset", 12)
    family.add(f"max_{name}", "MaxPool", [x], opset=opset, **attributes)
    attributes.pop("storage_order", None)
    if "dilations" in attributes:
        opset = 19
    for includes in (0, 1):
        family.add(f"average_{name}" + ("_with_pads" if includes else ""), "AveragePool", [x],
                   opset=opset, count_include_pad=includes, **attributes)


def cases(family):
    both(family, "2x2", (1, 3, 13, 15), kernel_shape=[2, 2], strides=[2, 2])
    both(family, "3x3_pads", (1, 3, 13, 15), kernel_shape=[3, 3], strides=[2, 2],
         pads=[1, 1, 1, 1])
    both(family, "3x3_stride1", (2, 3, 7, 15), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    both(family, "stride3", (1, 2, 17, 17), kernel_shape=[2, 4], strides=[3, 3],
         pads=[1, 0, 0, 2])
    both(family, "5x3_asymmetric", (1, 2, 13, 15), kernel_shape=[5, 3], pads=[0, 1, 2, 0])
    both(family, "dilated", (1, 2, 13, 15), kernel_shape=[3, 2], dilations=[2, 3],
         pads=[1, 1, 2, 0])
    both(family, "1d", (2, 3, 127), kernel_shape=[4], strides=[3])
    both(family, "1d_dilated", (2, 3, 31), kernel_shape=[3], dilations=[2], pads=[1, 1])
    both(family, "3d", (1, 2, 5, 7, 9), kernel_shape=[2, 3, 3], strides=[1, 2, 2],
         pads=[0, 1, 1, 1, 1, 0])
    both(family, "whole", (1, 3, 7, 7), kernel_shape=[7, 7])
    both(family, "opset_7", (1, 3, 7, 7), kernel_shape=[3, 3], opset=7)
    both(family, "opset_22", (1, 3, 7, 7), kernel_shape=[3, 3], opset=22)
    for auto, stride in itertools.product(("SAME_UPPER", "SAME_LOWER", "VALID"), (1, 2)):
        both(family, f"{auto.lower()}_{stride}", (1, 2, 13, 14), kernel_shape=[4, 3],
             auto_pad=auto, strides=[stride, stride])
    for opset, (n, kernel, stride, pad) in itertools.product(
            (11, 19), ((6, 3, 2, 0), (6, 3, 2, 1), (6, 2, 3, 1), (7, 1, 3, 0), (13, 3, 2, 1),
                       (14, 2, 2, 0), (5, 4, 3, 2))):
        both(family, f"ceil_{n}_{kernel}_{stride}_{pad}_{opset}", (1, 1, n, n + 1),
             kernel_shape=[kernel, kernel], strides=[stride, stride], pads=[pad] * 4,
             ceil_mode=1, opset=opset)
    for name, attributes in {
            "plain": {}, "column_major": {"storage_order": 1},
            "pads": {"pads": [1, 1, 1, 1], "strides": [2, 2]},
            "dilated": {"dilations": [2, 2]}}.items():
        family.add(f"indices_{name}", "MaxPool", [(2, 2, 7, 9)], opset=12, outputs=2,
                   kernel_shape=[3, 3], **attributes)
    integers = np.arange(-60, 60, dtype=np.int8).reshape(1, 2, 6, 10) * 37 % 101 - 50
    integers = integers.astype(np.int8)
    family.add("max_int8", "MaxPool", [integers], opset=12, kernel_shape=[3, 3], strides=[2, 2],
               pads=[1, 1, 1, 1])
    family.add("max_uint8", "MaxPool", [integers.view(np.uint8)], opset=12, kernel_shape=[2, 2])
    for op in ("GlobalAveragePool", "GlobalMaxPool"):
        for shape in ((2, 5, 13, 15), (1, 3, 127), (1, 2, 3, 5, 7), (1, 16, 1, 1)):
            family.add(f"{op}_{'x'.join(map(str, shape))}", op, [shape], opset=11)
    family.add("global_lp_2", "GlobalLpPool", [(2, 5, 13, 15)])
    family.add("global_lp_3", "GlobalLpPool", [(1, 3, 127)], p=3)
    # The skipped case's expected values are rounded to four decimals in the onnx package.
    family.addNodeTests("MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool",
                        skip=("averagepool_2d_ceil_last_window_starts_on_pad",))
