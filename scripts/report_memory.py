#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peak memory of `clipscope calibrate` for few and for many samples, as a table for the README.

    scripts/report_memory.py [--clipscope build/release/bin/clipscope] [--few 8] [--many 2000] MODEL.onnx...

Each model gets a folder of .npy samples of its first input (extents that are dynamic become 1 for the
batch, 224 otherwise), eight different ones and links to them. The bound of a model is what lies in its
file, 400 KiB for each tensor with a histogram, and 150 MiB; activations of one sample come on top of it.
Needs nothing but Python.
"""
import argparse
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

MIB = 1 << 20


def write_npy(path, shape, generator):
    count = 1
    for extent in shape:
        count *= extent
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }" % ", ".join(map(str, shape))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    block = [generator.gauss(0, 1) for _ in range(min(count, 4096))]
    values = (block * (count // len(block) + 1))[:count]
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack("<%df" % count, *values))


def make_samples(folder, shape, count):
    generator = random.Random(7)
    os.makedirs(folder)
    for i in range(count):
        path = os.path.join(folder, "%06d.npy" % i)
        if i < 8:
            write_npy(path, shape, generator)
        else:
            os.link(os.path.join(folder, "%06d.npy" % (i % 8)), path)


def peak(command):
    """KiB that the process had at most, and its seconds."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("failed: " + " ".join(command))
    return usage.ru_maxrss, time.monotonic() - start


def listed(clipscope, model):
    return json.loads(subprocess.check_output([clipscope, "inspect", model, "--json"]))["tensors"]


def input_shape(tensors):
    shape = next(t["shape"] for t in tensors if t["op"] == "Input")
    return [extent if extent and extent > 0 else (1 if i == 0 else 224) for i, extent in enumerate(shape)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clipscope", default="build/release/bin/clipscope")
    parser.add_argument("--few", type=int, default=8)
    parser.add_argument("--many", type=int, default=2000)
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()
    print("| Model | tensors | bound | peak, %d samples | peak, %d samples |" % (options.few, options.many))
    print("|---|---|---|---|---|")
    for model in options.models:
        tensors = listed(options.clipscope, model)
        histograms = sum(t["in_cache"] for t in tensors)
        bound = os.path.getsize(model) + histograms * 400 * 1024 + 150 * MIB
        peaks = []
        with tempfile.TemporaryDirectory() as folder:
            for count in (options.few, options.many):
                samples = os.path.join(folder, str(count))
                make_samples(samples, input_shape(tensors), count)
                session = os.path.join(folder, "s.clipscope")
                peaks.append(peak([options.clipscope, "calibrate", model, "--data", samples,
                                   "--session", session])[0])
        print("| %s | %d | %d MiB | %d MiB | %d MiB |" %
              (os.path.basename(model), histograms, bound // MIB, peaks[0] // 1024, peaks[1] // 1024),
              flush=True)


if __name__ == "__main__":
    main()
