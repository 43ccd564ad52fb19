# SPDX-License-Identifier: Apache-2.0
"""Conv and ConvTranspose."""
import itertools


def conv(family, name, x, w, bias=True, constant=True, **attributes):
    inputs = [x, w, (w[0],)] if bias else [x, w]
    family.add(f"conv_{name}", "Conv", inputs, opset=attributes.pop("opset", 11),
               constants="all but first" if constant else (), **attributes)


def transpose(family, name, x, w, bias=True, constant=True, **attributes):
    outputs = w[1] * attributes.get("group", 1)
    inputs = [x, w, (outputs,)] if bias else [x, w]
    family.add(f"transpose_{name}", "ConvTranspose", inputs, opset=11,
               constants="all but first" if constant else (), **attributes)


def cases(family):
    conv(family, "3x3", (1, 3, 13, 15), (8, 3, 3, 3))
    conv(family, "3x3_inputs", (1, 3, 13, 15), (8, 3, 3, 3), constant=False)
    conv(family, "3x3_pads", (2, 5, 13, 15), (7, 5, 3, 3), pads=[1, 1, 1, 1])
    conv(family, "3x3_stride2", (1, 16, 13, 15), (16, 16, 3, 3), pads=[1, 1, 1, 1],
         strides=[2, 2])
    conv(family, "asymmetric_pads", (1, 4, 13, 15), (6, 4, 3, 5), pads=[0, 1, 2, 3])
    conv(family, "dilated", (1, 4, 13, 15), (6, 4, 3, 3), pads=[2, 2, 2, 2], dilations=[2, 2])
    conv(family, "dilated_uneven", (1, 4, 13, 15), (6, 4, 3, 2), dilations=[3, 2],
         strides=[1, 2])
    conv(family, "1x1", (2, 17, 7, 5), (9, 17, 1, 1))
    conv(family, "1x1_stride2_no_bias", (2, 16, 7, 5), (32, 16, 1, 1), bias=False,
         strides=[2, 2])
    conv(family, "7x7", (1, 3, 31, 33), (8, 3, 7, 7), pads=[3, 3, 3, 3], strides=[2, 2])
    conv(family, "groups", (1, 6, 9, 11), (9, 2, 3, 3), group=3, pads=[1, 0, 1, 0])
    conv(family, "groups_16", (1, 32, 7, 7), (32, 16, 3, 3), group=2, pads=[1, 1, 1, 1])
    conv(family, "depthwise", (1, 15, 13, 13), (15, 1, 3, 3), group=15, pads=[1, 1, 1, 1])
    conv(family, "depthwise_stride2", (2, 16, 13, 13), (16, 1, 5, 5), group=16,
         pads=[2, 2, 2, 2], strides=[2, 2])
    conv(family, "depthwise_multiplier", (1, 5, 9, 9), (10, 1, 3, 3), group=5)
    conv(family, "depthwise_inputs", (1, 7, 9, 9), (7, 1, 3, 3), group=7, constant=False)
    conv(family, "1d", (2, 3, 127), (5, 3, 5), pads=[2, 2])
    conv(family, "1d_dilated_causal", (1, 4, 31), (4, 4, 3), dilations=[4], pads=[8, 0])
    conv(family, "1d_groups", (1, 8, 31), (8, 4, 3), group=2, strides=[2])
    conv(family, "3d", (1, 3, 5, 7, 9), (4, 3, 3, 3, 3), pads=[1, 1, 1, 1, 1, 1])
    conv(family, "3d_stride", (1, 2, 7, 7, 9), (4, 2, 2, 3, 3), strides=[2, 1, 2],
         pads=[0, 1, 0, 1, 0, 1])
    conv(family, "3d_groups_dilated", (1, 4, 7, 7, 7), (4, 2, 3, 3, 3), group=2,
         dilations=[2, 1, 2], bias=False)
    conv(family, "whole_image", (1, 4, 5, 5), (3, 4, 5, 5))
    conv(family, "pads_beyond_kernel", (1, 3, 5, 5), (4, 3, 2, 2), pads=[3, 3, 3, 3])
    for auto, stride in itertools.product(("SAME_UPPER", "SAME_LOWER", "VALID"), (1, 2, 3)):
        conv(family, f"{auto.lower()}_{stride}", (1, 2, 13, 14), (3, 2, 4, 3), auto_pad=auto,
             strides=[stride, stride])
    conv(family, "declared_kernel", (1, 2, 6, 6), (3, 2, 3, 3), kernel_shape=[3, 3], opset=7)
    conv(family, "opset_22", (1, 2, 6, 6), (3, 2, 3, 3), opset=22)
    conv(family, "empty_batch", (0, 2, 6, 6), (3, 2, 3, 3))

    transpose(family, "2x2", (1, 4, 7, 5), (4, 3, 2, 2), strides=[2, 2])
    transpose(family, "inputs", (1, 4, 7, 5), (4, 3, 3, 3), constant=False)
    transpose(family, "pads", (1, 4, 7, 5), (4, 3, 4, 4), strides=[2, 2], pads=[1, 1, 1, 1])
    transpose(family, "output_padding", (1, 3, 7, 5), (3, 5, 3, 3), strides=[2, 3],
              pads=[1, 1, 1, 1], output_padding=[1, 2], bias=False)
    transpose(family, "asymmetric_pads", (1, 3, 7, 5), (3, 5, 3, 3), strides=[2, 2],
              pads=[0, 1, 2, 0])
    transpose(family, "groups", (2, 6, 7, 5), (6, 2, 3, 3), group=3)
    transpose(family, "depthwise", (1, 6, 7, 5), (6, 1, 3, 3), group=6, strides=[2, 2])
    transpose(family, "dilated", (1, 3, 7, 5), (3, 4, 3, 3), dilations=[2, 1])
    transpose(family, "output_shape", (1, 3, 4, 5), (3, 2, 3, 3), strides=[3, 2],
              output_shape=[11, 10])
    transpose(family, "same_upper", (1, 3, 4, 5), (3, 2, 3, 4), strides=[2, 2],
              auto_pad="SAME_UPPER")
    transpose(family, "same_lower", (1, 3, 4, 5), (3, 2, 3, 4), strides=[2, 2],
              auto_pad="SAME_LOWER")
    transpose(family, "1d", (1, 3, 15), (3, 4, 4), strides=[2])
    transpose(family, "3d", (1, 3, 3, 4, 5), (3, 2, 2, 3, 2), strides=[1, 2, 2])
    family.addNodeTests("Conv", "ConvTranspose")
