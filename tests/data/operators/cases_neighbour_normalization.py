# SPDX-License-Identifier: Apache-2.0
"""LRN and LpNormalization."""
import numpy as np


def cases(family):
    family.add("lrn_5", "LRN", [(2, 7, 5, 3)], opset=13, size=5)
    family.add("lrn_3", "LRN", [(1, 9, 5, 3)], opset=13, size=3, alpha=0.5, beta=0.5, bias=2.0)
    for p in (1, 2):
        for axis in (0, 1, -1):
            family.add(f"lp_{p}_axis_{axis}", "LpNormalization", [(5, 4, 7)], opset=7, p=p,
                       axis=axis)
    zeros = np.array([[3, 0, 4], [0, 0, 0]], np.float32)
    family.add("lp_2_zeros", "LpNormalization", [zeros], opset=7)
    family.add("lp_1_zeros", "LpNormalization", [zeros], opset=22, p=1)
    family.addNodeTests("LRN", "LpNormalization")
