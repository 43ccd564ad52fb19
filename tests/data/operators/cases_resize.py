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
    family.add("computed_scales", "Resize", [x, None, scales(1, 1, 2, 1.5)], opset=13,
               mode="linear")
    family.add("one_axis", "Resize", [(3, 31), None, scales(1, 2.5)], opset=13, constants=(2,),
               mode="linear")
    family.add("excluded", "Resize", [x, None, scales(1, 1, 0.75, 0.625)], opset=13, constants=(2,),
               mode="cubic", exclude_outside=1)
    family.add("antialiased", "Resize", [x, None, scales(1, 1, 0.5, 0.375)], opset=18,
               constants=(2,), mode="linear", antialias=1)
    family.addNodeTests("Resize", "Upsample")
