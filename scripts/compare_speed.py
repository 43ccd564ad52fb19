# SPDX-License-Identifier: Apache-2.0
"""Times `clipscope run` and `clipscope calibrate` beside ONNX Runtime's inference, in one run.

usage: python compare_speed.py CLIPSCOPE MODEL.onnx [MODEL.onnx ...] [--batch 1 8] [--repeat 31]

Each takes random samples on as many threads, and what one sample takes is told without start-up,
loading, search and saving: ONNX Runtime from inside, Clipscope by the times at which it says how
far it has come. ONNX Runtime is timed before and after each run of Clipscope, whose ratio is that
to both together, so that a machine that gets slower or faster meanwhile does not show as one.
Prints a table with the medians over the repetitions. Needs numpy and onnxruntime (PyPI).
"""
import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
from progress import seconds_a_sample

SECONDS = 1.5  # that ONNX Runtime takes for all samples, at least
FOR_LANES = 8  # batches a thread: enough to run side by side, and for most of the time

parser = argparse.ArgumentParser()
parser.add_argument("clipscope")
parser.add_argument("models", nargs="+")
parser.add_argument("--batch", type=int, nargs="+", default=[1, 8])
parser.add_argument("--repeat", type=int, default=31)
args = parser.parse_args()

threads = len(os.sched_getaffinity(0))

print("| Model | batch | ONNX Runtime | `run` | ratio | `calibrate` | ratio |")
print("|---|---|---|---|---|---|---|")
for model in args.models:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    shape = [extent if isinstance(extent, int) else 224 for extent in given.shape[1:]]
    random = np.random.default_rng(0)
    one = random.standard_normal((1, *shape), dtype=np.float32)
    session.run(None, {given.name: one})
    start = time.perf_counter()
    session.run(None, {given.name: one})
    enough = int(SECONDS / (time.perf_counter() - start))
    counts = {batch: max(enough, FOR_LANES * threads * batch) // batch * batch
              for batch in args.batch}
    samples = random.standard_normal((max(counts.values()), *shape), dtype=np.float32)
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/samples.npz"
        np.savez(data, **{given.name: samples})
        for batch, count in counts.items():
            def peer():
                half = count // batch // 2 * batch
                session.run(None, {given.name: samples[:batch]})
                start = time.perf_counter()
                for at in range(0, half, batch):
                    session.run(None, {given.name: samples[at:at + batch]})
                return (time.perf_counter() - start) / half

            times = {"peer": [peer()], "run": [], "calibrate": []}
            ratios = {"run": [], "calibrate": []}
            for _ in range(args.repeat):
                for what, rest in (("run", ["-o", f"{folder}/outputs.npz"]),
                                   ("calibrate", ["--session", f"{folder}/s.clipscope"])):
                    times[what].append(seconds_a_sample(
                        [args.clipscope, what, model, "--data", data, "--limit", str(count),
                         "--batch", str(batch), *rest]))
                    times["peer"].append(peer())
                    ratios[what].append(2 * times[what][-1] / sum(times["peer"][-2:]))
            peer_ms, run_ms, calibrate_ms = (1e3 * statistics.median(times[k])
                                             for k in ("peer", "run", "calibrate"))
            run_ratio, calibrate_ratio = (statistics.median(ratios[k]) for k in ("run", "calibrate"))
            print(f"| {Path(model).stem} | {batch} | {peer_ms:.1f} ms | {run_ms:.1f} ms | "
                  f"{run_ratio:.2f} | {calibrate_ms:.1f} ms | {calibrate_ratio:.2f} |", flush=True)
