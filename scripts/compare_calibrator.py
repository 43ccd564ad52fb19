# SPDX-License-Identifier: Apache-2.0
"""Times `clipscope calibrate` beside ONNX Runtime's Entropy calibrator, in one run.

usage: python compare_calibrator.py CLIPSCOPE MODEL.onnx [MODEL.onnx ...] [--samples 8] [--bins 2048]

Both collect every activation of the same random samples, one at a time, and search entropy
thresholds; 2,048 bins are TensorRT's resolution. Each runs in a process of its own. What Clipscope
takes for a sample is the difference between runs of few and of many; its whole process includes
loading, the search and the session file. Prints a table. Needs numpy, onnx and onnxruntime (PyPI).
"""
import argparse
import multiprocessing
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

MORE = 64  # samples, to tell what one takes

parser = argparse.ArgumentParser()
parser.add_argument("clipscope")
parser.add_argument("models", nargs="+")
parser.add_argument("--samples", type=int, default=8)
parser.add_argument("--bins", type=int, default=2048)
args = parser.parse_args()


def calibrate_with_peer(model, samples, name, bins, results):
    from onnxruntime.quantization.calibrate import (CalibrationDataReader, CalibrationMethod,
                                                    create_calibrator)

    class Reader(CalibrationDataReader):
        rest = iter(samples)

        def get_next(self):
            sample = next(self.rest, None)
            return None if sample is None else {name: sample[None]}

    with tempfile.TemporaryDirectory() as folder:
        calibrator = create_calibrator(model, None, f"{folder}/augmented.onnx",
                                       calibrate_method=CalibrationMethod.Entropy,
                                       extra_options={"num_bins": bins})
        calibrator.set_execution_providers(["CPUExecutionProvider"])
        start = time.perf_counter()
        calibrator.collect_data(Reader())
        collected = time.perf_counter()
        calibrator.compute_data()
        end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    results.put((collected - start, end - collected, peak))


def measure(command):
    """Seconds, and MiB at the most."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - start, used.ru_maxrss // 1024


def input_of(model):
    import onnxruntime as ort
    given = ort.InferenceSession(model, providers=["CPUExecutionProvider"]).get_inputs()[0]
    return given.name, [extent if isinstance(extent, int) else 224 for extent in given.shape[1:]]


print("| Model | samples | ONNX Runtime: collecting, search, peak | Clipscope: collecting, in all, peak | "
      "collecting | in all |")
print("|---|---|---|---|---|---|")
for model in args.models:
    name, shape = input_of(model)
    count = args.samples
    samples = np.random.default_rng(0).standard_normal((count + MORE, *shape), dtype=np.float32)
    results = multiprocessing.Queue()
    peer = multiprocessing.Process(target=calibrate_with_peer,
                                   args=(model, samples[:count], name, args.bins, results))
    peer.start()
    collect, search, peak = results.get()
    peer.join()
    with tempfile.TemporaryDirectory() as folder:
        data, session = Path(folder) / "samples.npz", Path(folder) / "s.clipscope"
        np.savez(data, **{name: samples})
        command = [args.clipscope, "calibrate", model, "--data", str(data), "--method", "entropy",
                   "--param", f"bins={args.bins}", "--session", str(session)]
        few, own_peak = measure([*command, "--limit", str(count)])
        many, _ = measure(command)
    own_collect = (many - few) * count / MORE
    print(f"| {Path(model).stem} | {count} | {collect:.1f} s, {search:.1f} s, {peak:,} MiB | "
          f"{own_collect:.2f} s, {few:.1f} s, {own_peak:,} MiB | "
          f"{collect / own_collect:.0f}x | {(collect + search) / few:.0f}x |", flush=True)
