# SPDX-License-Identifier: Apache-2.0
"""Resize and Upsample."""
import numpy as np

NONE = np.array([], np.float32)


def cases(family):
    def sizes(*values):
        return np.array(values, np.int64)

    def scales(*values):
        return np.array(values, np.float32)

    x = (2, 3, 7, 5)
    for transformation in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
        for mode in ("nearest", "linear", "cubic"):
            for name, to in (("up", sizes(2, 3, 13, 15)), ("down", sizes(2, 3, 4, 3))):
                family.add(f"{mode}_{transformation}_{name}", "Resize", [x, None, NONE, to],
                           opset=13, constants=(2, 3), mode=mode,
                           coordinate_transformation_mode=transformation)
    for nearest in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        family.add(f"nearest_{nearest}", "Resize", [x, None, scales(1, 1, 1.75, 0.625)], opset=13,
                   constants=(2,), mode="nearest", nearest_mode=nearest)
    for mode in ("nearest", "linear"):
        family.add(f"{mode}_outside", "Resize",
                   [x, scales(0, 0, -0.2, 0.3, 1, 1, 0.8, 1.4), NONE, sizes(2, 3, 9, 8)],
                   opset=13, constants=(1, 2, 3), mode=mode, extrapolation_value=2.5,
                   coordinate_transformation_mode="tf_crop_and_resize")
        family.add(f"{mode}_scales_2", "Resize", [(1, 13, 15, 17), NONE, scales(1, 1, 2, 2)],
                   opset=11, constants=(1, 2), mode=mode,
                   coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        family.add(f"upsample_{mode}", "Upsample", [x, scales(1, 1, 2, 3)], opset=9,
                   constants=(1,), mode=mode)
    # Scales that no float is: products and quotients that float32 rounds to the whole number meant.
    for transformation in ("asymmetric", "half_pixel", "pytorch_half_pixel"):
        for nearest in ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil"):
            family.add(f"nearest_{transformation}_{nearest}_inexact", "Resize",
                       [(1, 1, 15, 10), None, scales(1, 1, 2.6, 1.7)], opset=13, constants=(2,),
                       mode="nearest", nearest_mode=nearest,
                       coordinate_transformation_mode=transformation)
    family.add("nearest_pytorch_half_pixel_one", "Resize", [(1, 1, 5, 7), None,
               scales(1, 1, 0.3, 0.2)], opset=13, constants=(2,), mode="nearest",
               nearest_mode="floor", coordinate_transformation_mode="pytorch_half_pixel")
    for mode in ("nearest", "linear"):
        family.add(f"resize_10_{mode}", "Resize", [(1, 1, 5, 7), scales(1, 1, 0.6, 2.4)], opset=10,
                   constants=(1,), mode=mode)
    family.add("computed_scales", "Resize", [x, None, scales(1, 1, 2, 1.5)], opset=13,
               mode="linear")
    family.add("one_axis", "Resize", [(3, 31), None, scales(1, 2.5)], opset=13, constants=(2,),
               mode="linear")
    family.add("excluded", "Resize", [x, None, scales(1, 1, 0.75, 0.625)], opset=13, constants=(2,),
               mode="cubic", exclude_outside=1)
    family.add("antialiased", "Resize", [x, None, scales(1, 1, 0.5, 0.375)], opset=18,
               constants=(2,), mode="linear", antialias=1)
    family.addNodeTests("Resize", "Upsample")
