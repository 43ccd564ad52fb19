# SPDX-License-Identifier: Apache-2.0
"""MatMul and Gemm."""


def cases(family):
    matmul = {
        "2d": ((13, 15), (15, 17)),
        "127": ((127, 13), (13, 31)),
        "vector_matrix": ((15,), (15, 13)),
        "matrix_vector": ((13, 15), (15,)),
        "vector_vector": ((15,), (15,)),
        "batched": ((3, 13, 15), (3, 15, 7)),
        "batched_2d": ((3, 13, 15), (15, 7)),
        "2d_batched": ((13, 15), (3, 15, 7)),
        "batch_broadcast": ((2, 1, 5, 15), (3, 15, 7)),
        "batch_broadcast_inner": ((2, 1, 5, 15), (1, 3, 15, 7)),
        "vector_batched": ((15,), (2, 3, 15, 7)),
        "batched_vector": ((2, 3, 7, 15), (15,)),
        "attention": ((2, 4, 13, 8), (2, 4, 8, 13)),
        "one_row": ((1, 127), (127, 15)),
        "one_column": ((15, 127), (127, 1)),
        "inner_1": ((13, 1), (1, 15)),
        "empty_inner": ((3, 0), (0, 5)),
        "empty_rows": ((0, 4), (4, 5)),
    }
    for name, (a, b) in matmul.items():
        family.add(f"matmul_{name}", "MatMul", [a, b], opset=13)
        family.add(f"matmul_{name}_constant", "MatMul", [a, b], opset=9, constants=(1,))
    shapes = {(0, 0): ((13, 15), (15, 17)), (1, 0): ((15, 13), (15, 17)),
              (0, 1): ((13, 15), (17, 15)), (1, 1): ((15, 13), (17, 15))}
    for (ta, tb), (a, b) in shapes.items():
        for constant in ((), (1, 2)):
            suffix = f"{ta}{tb}" + ("_constant" if constant else "")
            family.add(f"gemm_{suffix}", "Gemm", [a, b, (17,)], opset=13, constants=constant,
                       transA=ta, transB=tb)
            family.add(f"gemm_scaled_{suffix}", "Gemm", [a, b, (13, 17)], opset=11,
                       constants=constant, transA=ta, transB=tb, alpha=0.5, beta=0.25)
    for name, c in {"scalar": (), "one": (1,), "row": (1, 17), "column": (13, 1),
                    "full": (13, 17), "one_one": (1, 1)}.items():
        for opset in (7, 11):
            family.add(f"gemm_c_{name}_{opset}", "Gemm", [(13, 15), (15, 17), c], opset=opset,
                       beta=1.5)
    family.add("gemm_no_c", "Gemm", [(13, 15), (15, 17)], opset=11, alpha=2.0)
    family.add("gemm_classifier", "Gemm", [(1, 127), (10, 127), (10,)], opset=13, transB=1,
               constants="all but first")
    family.addNodeTests("MatMul", "Gemm")
