# SPDX-License-Identifier: Apache-2.0
"""Holds `clipscope run` against ONNX Runtime on the same model and samples.

usage: python compare_onnxruntime.py CLIPSCOPE MODEL.onnx SAMPLES.npz [--batch 1 5] [--tolerance 1e-4]

SAMPLES.npz holds one array per input, first axis = samples. For each batch size prints the relative
error of every output, max|a-b| / max|b|, and exits 1 when one exceeds the tolerance.
Needs numpy and onnxruntime (PyPI).
"""
import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime as ort

parser = argparse.ArgumentParser()
parser.add_argument("clipscope")
parser.add_argument("model")
parser.add_argument("samples")
parser.add_argument("--batch", type=int, nargs="+", default=[1, 5])
parser.add_argument("--tolerance", type=float, default=1e-4)
args = parser.parse_args()

arrays = dict(np.load(args.samples))
count = min(len(v) for v in arrays.values())
session = ort.InferenceSession(args.model, providers=["CPUExecutionProvider"])
names = [output.name for output in session.get_outputs()]
failed = False
for batch in args.batch:
    parts = []
    for start in range(0, count, batch):
        parts.append(session.run(None, {k: v[start:start + batch] for k, v in arrays.items()}))
    expected = [np.concatenate(column) for column in zip(*parts)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "outputs.npz"
        subprocess.run([args.clipscope, "run", args.model, "--data", args.samples, "--batch", str(batch),
                        "-o", str(out)], check=True, stdout=subprocess.DEVNULL)
        got = dict(np.load(out))
    for name, want in zip(names, expected):
        error = np.abs(got[name] - want).max() / np.abs(want).max()
        failed |= not error <= args.tolerance
        print(f"{Path(args.model).name} batch {batch} output {name} {want.shape}: "
              f"relative error {error:.2e}")
raise SystemExit(1 if failed else 0)
