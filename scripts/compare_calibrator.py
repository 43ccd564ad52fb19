# SPDX-License-Identifier: Apache-2.0
"""Times `clipscope calibrate` beside ONNX Runtime's Entropy calibrator, in one run.

usage: python compare_calibrator.py CLIPSCOPE MODEL.onnx [MODEL.onnx ...] [--samples 8 32]
                                    [--bins 2048]

Both collect every activation of the same random samples, one at a time, and search entropy
thresholds; 2,048 bins are TensorRT's resolution. Each runs in a process of its own. What Clipscope
takes to collect is that many times what a sample takes in runs of more, on all threads, told by
their progress: the mean of the median of three before ONNX Runtime's run and of that after it. Its
whole process includes loading, the search and the session file. Prints a table. Needs numpy, onnx
and onnxruntime (PyPI), and memory: ONNX Runtime takes 4 GiB for 32 samples of ResNet-50.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime as ort
from progress import seconds_a_sample

MANY = 64  # samples, to tell what one takes

PEER = """
import json, resource, sys, time
import numpy as np
from onnxruntime.quantization.calibrate import (CalibrationDataReader, CalibrationMethod,
                                                create_calibrator)
model, data, name, count, bins = sys.argv[1], sys.argv[2], sys.argv[3], *map(int, sys.argv[4:])
samples = np.load(data, mmap_mode="r")[:count]

class Reader(CalibrationDataReader):
    rest = iter(samples)
    def get_next(self):
        sample = next(self.rest, None)
        return None if sample is None else {name: np.array(sample[None])}

calibrator = create_calibrator(model, None, "augmented.onnx",
                               calibrate_method=CalibrationMethod.Entropy,
                               extra_options={"num_bins": bins})
calibrator.set_execution_providers(["CPUExecutionProvider"])
start = time.perf_counter()
calibrator.collect_data(Reader())
collected = time.perf_counter()
calibrator.compute_data()
end = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps([collected - start, end - collected, peak]))
"""

# In a process whose own memory is small: what a process forks begins with its peak.
MEASURE = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(json.dumps([time.perf_counter() - start, used.ru_maxrss // 1024]))
sys.exit(os.waitstatus_to_exitcode(status))
"""

parser = argparse.ArgumentParser()
parser.add_argument("clipscope")
parser.add_argument("models", nargs="+")
parser.add_argument("--samples", type=int, nargs="+", default=[8, 32])
parser.add_argument("--bins", type=int, default=2048)
args = parser.parse_args()


def told_by(script, *arguments, folder=None):
    """What a Python script prints last, as JSON."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return json.loads(subprocess.check_output(command, text=True, cwd=folder).splitlines()[-1])


def median_of_three(command):
    return statistics.median(seconds_a_sample(command) for _ in range(3))


print("| Model | samples | ONNX Runtime: collecting, search, peak | Clipscope: collecting, in all, peak | "
      "collecting | in all |")
print("|---|---|---|---|---|---|")
for model in map(os.path.abspath, args.models):
    given = ort.InferenceSession(model, providers=["CPUExecutionProvider"]).get_inputs()[0]
    shape = [extent if isinstance(extent, int) else 224 for extent in given.shape[1:]]
    samples = np.random.default_rng(0).standard_normal((max(MANY, *args.samples), *shape),
                                                       dtype=np.float32)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "samples.npy"
        np.save(data, samples)
        command = [os.path.abspath(args.clipscope), "calibrate", model, "--data", data, "--method",
                   "entropy", "--param", f"bins={args.bins}", "--session", f"{folder}/s.clipscope"]
        for count in args.samples:
            before = median_of_three(command)
            collect, search, peak = told_by(PEER, model, data, given.name, count, args.bins,
                                            folder=folder)
            own_collect = count * (before + median_of_three(command)) / 2
            in_all, own_peak = told_by(MEASURE, *command, "--limit", count)
            print(f"| {Path(model).stem} | {count} | {collect:.1f} s, {search:.1f} s, {peak:,} MiB | "
                  f"{own_collect:.2f} s, {in_all:.1f} s, {own_peak:,} MiB | "
                  f"{collect / own_collect:.1f}x | {(collect + search) / in_all:.0f}x |", flush=True)
