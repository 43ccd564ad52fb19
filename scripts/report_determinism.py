#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How far the results of whole models differ over batch sizes and thread counts, as a table for the README.

    scripts/report_determinism.py [--clipscope build/release/bin/clipscope] MODEL.onnx SAMPLES...

Equal floats give equal histograms to the bit; but libraries add in another order for another batch or another
number of threads, so the floats themselves differ in their last bits. Each row compares a calibration with that of
batch 1 on one thread: how many histograms are equal to the bit, and over all tensors the relative difference of amax and of the threshold that entropy chooses.
A threshold is one of 2,048 candidates: where two are all but equally good, a last bit decides, and the difference
is that between neighbours. Needs nothing but Python.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile


def calibrated(clipscope, model, samples, batch, threads, session):
    command = [clipscope, "calibrate", model, "--batch", str(batch), "--threads", str(threads),
               "--method", "entropy", "--session", session]
    for path in samples:
        command += ["--data", path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with zipfile.ZipFile(session) as archive:
        bins = {name: archive.read(name) for name in archive.namelist() if name.startswith("histograms/")}
    rows = json.loads(subprocess.check_output([clipscope, "inspect", session, "--json"]))["tensors"]
    return {row["name"]: row for row in rows if row.get("amax") is not None}, bins


def relative(a, b):
    return abs(a - b) / max(abs(a), abs(b)) if a != b else 0.0


def compare(reference, other, field):
    differences = [relative(reference[name][field], other[name][field])
                   for name in reference if reference[name].get(field) is not None]
    return statistics.median(differences), max(differences)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clipscope", default="build/release/bin/clipscope")
    parser.add_argument("model")
    parser.add_argument("samples", nargs="+")
    options = parser.parse_args()
    name = os.path.basename(options.model)
    with tempfile.TemporaryDirectory() as folder:
        def run(batch, threads):
            return calibrated(options.clipscope, options.model, options.samples, batch, threads,
                              os.path.join(folder, "s.clipscope"))
        reference, reference_bins = run(1, 1)
        for batch, threads in ((1, 1), (1, 2), (4, 1), (4, 2), (8, 2)):
            other, bins = run(batch, threads)
            if reference.keys() != other.keys() or reference_bins.keys() != bins.keys():
                sys.exit("the tensors differ")
            amax = compare(reference, other, "amax")
            threshold = compare(reference, other, "threshold")
            equal = sum(reference_bins[entry] == bins[entry] for entry in bins)
            print("| %s | %d | %d | %d of %d | %.1e | %.1e | %.1e | %.1e |" %
                  ((name, batch, threads, equal, len(bins)) + amax + threshold), flush=True)


if __name__ == "__main__":
    print("| Model | batch | threads | equal histograms | amax: median | largest | threshold: median | largest |")
    print("|---|---|---|---|---|---|---|---|")
    main()
