# SPDX-License-Identifier: Apache-2.0
"""Holds Clipscope against ONNX Runtime on a folder of models and prints a markdown table.

usage: python compare_models.py CLIPSCOPE FOLDER [PATTERN] [--tolerance 1e-3] [--time]

FOLDER holds MODEL.onnx with MODEL.npz (one array per input, an axis in front that counts samples)
and MODEL.json (what the table calls it). Of each model:
- outputs: `clipscope run` against ONNX Runtime, max|a-b| / max|b| of each floating output, integers
  equal, the same places not finite; MODEL.json may allow another error than the tolerance;
- tensors: `clipscope inspect` lists everything that ONNX Runtime can show as an output under the
  same name; what `clipscope calibrate` collects has ONNX Runtime's count and largest |x|, and a
  threshold that is finite and above 0.
Exits 1 when one fails. Needs numpy, onnx and onnxruntime (PyPI).
"""
import argparse
import fnmatch
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort


def session(path, optimised=True):
    options = ort.SessionOptions()
    options.log_severity_level = 4
    if not optimised:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def relative_error(want, got):
    """0 for equal integers; infinite where shape, type or the finite places differ."""
    if want.shape != got.shape or want.dtype != got.dtype:
        return np.inf
    if not np.issubdtype(want.dtype, np.floating):
        return 0.0 if np.array_equal(want, got) else np.inf
    finite = np.isfinite(want)
    if not np.array_equal(want[~finite], got[~finite], equal_nan=True):
        return np.inf
    want, got = want[finite].astype(np.float64), got[finite].astype(np.float64)
    if want.size == 0 or np.array_equal(want, got):
        return 0.0
    largest = np.abs(want).max()
    return np.abs(want - got).max() / largest if largest > 0 else np.inf


class Failure(Exception):
    """What a program said before it ended with an error."""


def clipscope(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure((done.stderr.strip() or f"ended with {done.returncode}").splitlines()[-1])
    return done.stdout


def output_errors(program, model, sample, inputs, folder):
    """The relative error of each output, by name."""
    reference = session(model)
    wanted = reference.run(None, inputs)
    clipscope(program, "run", model, "--data", sample, "-o", folder / "outputs.npz")
    errors = {}
    with np.load(folder / "outputs.npz") as got:
        for output, want in zip(reference.get_outputs(), wanted):
            errors[output.name] = relative_error(want, got[output.name][0])
    return errors


def shown(model):
    """A copy of the model, beside it, with every node's outputs among its own, and their names."""
    proto = onnx.load(model, load_external_data=False)
    present = {value.name for value in proto.graph.output}
    names = [name for node in proto.graph.node for name in node.output if name]
    proto.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n not in present)
    path = model.with_suffix(".shown.onnx")
    onnx.save(proto, path)
    return path, names


def tensor_differences(program, model, sample, inputs, tolerance):
    """How many tensors were held against each other, and what differs."""
    calibrated = json.loads(clipscope(program, "calibrate", model, "--data", sample, "--method",
                                      "minmax", "--no-groups", "--json"))
    rows = {row["name"]: row for row in calibrated["tensors"]}
    path, names = shown(model)
    try:
        values = dict(zip(names, session(path, optimised=False).run(names, inputs)))
    finally:
        path.unlink()
    inspected = json.loads(clipscope(program, "inspect", model, "--json"))
    listed = {row["name"] for row in inspected["tensors"]}
    differences = [f"{name} is not listed" for name in names if name not in listed]
    compared = 0
    for name, value in values.items():
        if not isinstance(value, np.ndarray) or not np.issubdtype(value.dtype, np.floating):
            continue
        row = rows.get(name)
        if row is None or not row["in_cache"]:
            continue  # constant, or computes shapes: `inspect` says which
        compared += 1
        finite = value[np.isfinite(value)]
        want = float(np.abs(finite).max()) if finite.size else 0.0
        got = row["amax"] or 0.0
        if row["count"] != value.size or abs(want - got) > tolerance * want:
            differences.append(f"{name}: {row['count']} values up to {got}, "
                               f"not {value.size} up to {want}")
        if not (row["threshold"] and 0 < row["threshold"] < np.inf):
            differences.append(f"{name}: threshold {row['threshold']}")
    return compared, differences


def seconds(program, model, sample, inputs, folder):
    """Of an inference: ours (by whole processes with 1 and with more samples), the other's."""
    reference = session(model)
    reference.run(None, inputs)
    other = np.inf
    for _ in range(5):
        start = time.perf_counter()
        reference.run(None, inputs)
        other = min(other, time.perf_counter() - start)
    more = int(np.clip(0.3 / other, 4, 400))
    taken = []
    for count in (1, 1 + more):
        many = folder / "many.npz"
        np.savez(many, **{k: np.repeat(v[None], count, 0) for k, v in inputs.items()})
        start = time.perf_counter()
        clipscope(program, "run", model, "--data", many, "-o", folder / "outputs.npz")
        taken.append(time.perf_counter() - start)
    return (taken[1] - taken[0]) / more, other


def compare(options, model):
    """One row of the table, and what is wrong."""
    sample = model.with_suffix(".npz")
    described = json.loads(model.with_suffix(".json").read_text())
    proto = onnx.load(model, load_external_data=False)
    opset = max(o.version for o in proto.opset_import if o.domain in ("", "ai.onnx"))
    tolerance = described.get("allowed") or options.tolerance
    inputs = {name: np.asarray(array[0]) for name, array in np.load(sample).items()}
    row = [described["model"], described["exporter"], opset, len(proto.graph.node)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            errors = output_errors(options.clipscope, model, sample, inputs, folder)
        except Failure as failure:
            return row + ["", "", "fails"], [str(failure)]
        problems = [f"output {name}: relative error {error:.1e}"
                    for name, error in errors.items() if not error <= tolerance]
        row.append(f"{max(errors.values()):.1e}")
        try:
            compared, differences = tensor_differences(options.clipscope, model, sample, inputs,
                                                       tolerance)
            row.append(compared)
            problems += differences
        except Failure as failure:
            row.append("")
            problems.append(f"calibrate: {failure}")
        row.append("differs" if problems else "equal" if tolerance == options.tolerance
                   else f"within {tolerance}")
        if options.time:
            ours, other = seconds(options.clipscope, model, sample, inputs, folder)
            row += [f"{1000 * ours:.1f}", f"{1000 * other:.1f}", f"{ours / other:.1f}"]
    return row, problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("clipscope")
    parser.add_argument("folder", type=Path)
    parser.add_argument("pattern", nargs="?", default="*")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    parser.add_argument("--time", action="store_true", help="milliseconds of an inference, too")
    options = parser.parse_args()
    head = ["Model", "Exporter", "Opset", "Nodes", "Relative error", "Tensors", "Verdict"]
    head += ["ms", "ONNX Runtime, ms", "Ratio"] if options.time else []
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
    failed = 0
    for sample in sorted(options.folder.glob("*.npz")):
        if not fnmatch.fnmatch(sample.stem, options.pattern):
            continue
        row, problems = compare(options, sample.with_suffix(".onnx"))
        print(f"| {' | '.join(map(str, row))} |", flush=True)
        for problem in problems[:8]:
            print(f"  {sample.stem}: {problem}", file=sys.stderr, flush=True)
        failed += bool(problems)
    raise SystemExit(1 if failed else 0)


main()
