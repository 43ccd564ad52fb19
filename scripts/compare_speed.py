# SPDX-License-Identifier: Apache-2.0
"""Times `clipscope run` and `clipscope calibrate` beside ONNX Runtime's inference, in one run.

usage: python compare_speed.py CLIPSCOPE MODEL.onnx [MODEL.onnx ...] [--batch 1 8] [--repeat 5]

Each program is timed as a whole process with some and with more random samples, enough of both for
batches to run side by side and for the histograms to have their bins: the difference over the
samples between is what one of them takes, without start-up, loading, search and saving. ONNX Runtime is timed from inside, on as many threads. Prints
a table with the median over the repetitions. Needs numpy and onnxruntime (PyPI).
"""
import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort

SOME = 200     # samples at least: with few the session is smaller, and faster to write
MORE = 200     # samples, to tell what one takes
FOR_LANES = 4  # batches a thread from which on they run side by side

parser = argparse.ArgumentParser()
parser.add_argument("clipscope")
parser.add_argument("models", nargs="+")
parser.add_argument("--batch", type=int, nargs="+", default=[1, 8])
parser.add_argument("--repeat", type=int, default=5)
args = parser.parse_args()

threads = len(os.sched_getaffinity(0))


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


print("| Model | batch | ONNX Runtime | `run` | ratio | `calibrate` | ratio |")
print("|---|---|---|---|---|---|---|")
for model in args.models:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    shape = [extent if isinstance(extent, int) else 224 for extent in given.shape[1:]]
    most = max(SOME, FOR_LANES * threads * max(args.batch)) + MORE
    samples = np.random.default_rng(0).standard_normal((most, *shape), dtype=np.float32)
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/samples.npz"
        np.savez(data, **{given.name: samples})
        for batch in args.batch:
            some = max(SOME, FOR_LANES * threads * batch)
            times = {"peer": [], "run": [], "calibrate": []}
            session.run(None, {given.name: samples[:batch]})
            for _ in range(args.repeat):
                start = time.perf_counter()
                for at in range(0, MORE, batch):
                    session.run(None, {given.name: samples[at:at + batch]})
                times["peer"].append(time.perf_counter() - start)
                for what, rest in (("run", ["-o", f"{folder}/outputs.npz"]),
                                   ("calibrate", ["--session", f"{folder}/s.clipscope"])):
                    short, long = (seconds([args.clipscope, what, model, "--data", data, "--limit",
                                            str(count), "--batch", str(batch), *rest])
                                   for count in (some, some + MORE))
                    times[what].append(long - short)
            peer, run, calibrate = (1e3 * statistics.median(times[k]) / MORE
                                    for k in ("peer", "run", "calibrate"))
            print(f"| {Path(model).stem} | {batch} | {peer:.1f} ms | {run:.1f} ms | {run / peer:.2f} | "
                  f"{calibrate:.1f} ms | {calibrate / peer:.2f} |", flush=True)
