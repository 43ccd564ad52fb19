# SPDX-License-Identifier: Apache-2.0
"""What a sample takes, told by the progress of a command of Clipscope."""
import re
import subprocess
import time


def seconds_a_sample(command):
    """Of a running `clipscope run` or `calibrate`, from the first time that it says how far it is
    to the last: without start-up, loading, search and saving. SystemExit where it fails."""
    told = []
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if progress := re.match(r"\w+: (\d+) of \d+ samples", line):
            told.append((int(progress[1]), time.perf_counter()))
    if process.wait() != 0 or len(told) < 2:
        raise SystemExit(f"{' '.join(map(str, command))} failed")
    (first, begin), (last, end) = told[0], told[-1]
    return (end - begin) / (last - first)
