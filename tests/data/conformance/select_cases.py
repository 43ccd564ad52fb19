# SPDX-License-Identifier: Apache-2.0
"""Packs a few small node cases of each operator: select_cases.py DATA SKIPPED, where DATA is the
folder onnx/backend/test/data and SKIPPED tests/conformance/skipped.txt. Needs the package onnx."""
import collections
import pathlib
import sys
import zipfile

import onnx

CASES_AN_OPERATOR = 3
LARGEST = 6000  # bytes of a case


def main(data, skipped):
    known = {line.split()[0] for line in open(skipped) if not line.startswith("#")}
    cases = []
    for folder in sorted((data / "node").iterdir()):
        if f"node/{folder.name}" in known:
            continue
        files = [folder / "model.onnx", *sorted(folder.glob("test_data_set_*/*.pb"))]
        size = sum(file.stat().st_size for file in files)
        nodes = onnx.load(folder / "model.onnx").graph.node
        if size <= LARGEST and len(nodes) == 1:
            cases.append((size, folder, files, nodes[0].op_type))
    taken = collections.Counter()
    out = pathlib.Path(__file__).parent / "node.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        # Those with most inputs and attributes say most about an operator.
        for _, folder, files, operator in sorted(cases, key=lambda case: (-len(case[2]), case[:2])):
            if taken[operator] >= CASES_AN_OPERATOR:
                continue
            taken[operator] += 1
            for file in files:
                entry = zipfile.ZipInfo(str(file.relative_to(data)))  # of a fixed date
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
    print(f"{sum(taken.values())} cases of {len(taken)} operators, {out.stat().st_size} bytes")


main(pathlib.Path(sys.argv[1]), sys.argv[2])
