# SPDX-License-Identifier: Apache-2.0
"""Checks Clipscope on a machine with a GPU and measures what the README states of it.

usage: python gpu_figures.py [MODEL.onnx ...] [--export FOLDER] [--build build/cuda] [options]

Prints Markdown: gpu_test, selftest with its bandwidths, and for each model, milliseconds an image
in batches of 64: inference and calibration on the GPU, PyTorch's eager FP32 with TF32 off, and
calibration on the CPU. What cannot be done says why. --export writes ResNet-50, MobileNetV2 and
ViT-B/16 with random weights where torch and torchvision are, and measures them. Models take one
input, N x 3 x 224 x 224. Exit status: 0 done, 1 something differs, 2 wrong usage, 77 no GPU.

Clipscope is timed as whole processes with few and with many samples: the difference over the samples
between is what one takes, without start-up, loading and search. Needs numpy for that.
"""
import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXPORTED = ("resnet50", "mobilenet_v2", "vit_b_16")
ROOT = Path(__file__).resolve().parent.parent

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("models", nargs="*", type=Path, help="ONNX models, such as resnet50.onnx")
parser.add_argument("--build", type=Path, default=ROOT / "build/cuda", help="holds bin/")
parser.add_argument("--clipscope", type=Path, help="instead of the one in --build")
parser.add_argument("--export", type=Path, metavar="FOLDER")
parser.add_argument("--device", default="cuda:0")
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--few", type=int, default=256, help="samples")
parser.add_argument("--many", type=int, default=4352, help="samples")
parser.add_argument("--cpu-many", type=int, default=448, help="samples on the CPU")
parser.add_argument("--repeat", type=int, default=3)
parser.add_argument("--bandwidth-mib", type=int, default=64)
args = parser.parse_args()
clipscope = args.clipscope or args.build / "bin/clipscope"
failures = 0


def add_libraries():
    """For the executables: those packed beside them, and CUDA's where pip or the toolkit put them."""
    folders = [args.build / "lib", *Path("/usr/local").glob("cuda*/lib*")]
    for folder in sys.path:
        folders += sorted(Path(folder).glob("nvidia/*/lib")) if folder else []
    paths = [os.environ.get("LD_LIBRARY_PATH", ""), *(str(f) for f in folders if f.is_dir())]
    os.environ["LD_LIBRARY_PATH"] = ":".join(path for path in paths if path)


def fail(message):
    print(f"gpu_figures: {message}", file=sys.stderr)
    sys.exit(2)


def skipped(what, why):
    print(f"- {what} skipped: {why}", flush=True)


def last_line(text):
    return text.strip().splitlines()[-1] if text.strip() else "no output"


def processor():
    try:
        names = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def driver():
    try:
        query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
        done = subprocess.run(query, capture_output=True, text=True, timeout=60)
        return f", driver {done.stdout.splitlines()[0]}" if done.returncode == 0 else ""
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return ""


def selftest(mib, *options):
    command = [clipscope, "selftest", "--json", "--bandwidth-mib", str(mib), *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        fail(f"{clipscope} does not start ({error.strerror}): build it with scripts/test_cuda.sh or "
             "name it with --clipscope")
    try:
        return done.returncode, json.loads(done.stdout)
    except json.JSONDecodeError:
        fail(f"selftest ended with status {done.returncode}: {last_line(done.stderr)}")


def run_gpu_test():
    binary = args.build / "bin/gpu_test"
    if not binary.exists():
        return skipped("gpu_test", f"there is no {binary}")
    environment = dict(os.environ, CLIPSCOPE_TEST_DATA=str(ROOT / "tests/data"))
    done = subprocess.run([binary], capture_output=True, text=True, env=environment)
    counts = {what: re.findall(rf"\[  {what} +\] (\d+) test", done.stdout)
              for what in ("PASSED", "SKIPPED", "FAILED")}
    text = ", ".join(f"{counts[what][-1] if counts[what] else 0} {what.lower()}" for what in counts)
    print(f"- gpu_test: {text}, status {done.returncode}", flush=True)
    if done.returncode != 0:
        global failures
        failures += 1
        for line in done.stdout.splitlines():
            if "Failure" in line or "FAILED" in line:
                print(f"  - `{line.strip()}`")


def report_selftest(status, report):
    global failures
    failures += status != 0
    device = report["devices"][0]
    tensors = device.get("calibration", {}).get("tensors", [])
    everything = device["checks"] + device.get("bandwidth", [])
    differ = [row for row in everything if row["outcome"] == "differs"]
    differ += [row for row in tensors if not row["passed"]]
    host = sum(row["outcome"] == "skipped" for row in device["checks"])
    print(f"- selftest: {len(everything) + len(tensors)} checks, {len(differ)} differ, {host} left "
          f"to the CPU, status {status}")
    for row in differ:
        print(f"  - {row['name']}: {row.get('detail', 'the calibrations differ')}")
    for part in device.get("left_out", []):
        skipped(part["part"], part["reason"])
    if "bandwidth" not in device:
        return
    print(f"\n| Tensors of {args.bandwidth_mib} MiB | GB/s | of the copy | expected |")
    print("|---|---|---|---|")
    for row in device["bandwidth"]:
        share = f"{100 * row['share_of_copy']:.0f} %" if row["share_of_copy"] else ""
        wanted = f"{100 * row['expected_share']:.0f} %" if row["expected_share"] else ""
        print(f"| {row['name']} | {row['bytes_per_second'] / 1e9:.4g} | {share} | {wanted} |")
    print(flush=True)


def export_models():
    try:
        import torch
        import torchvision
    except ImportError as error:
        skipped("exporting models", f"no {error.name}")
        return []
    args.export.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in EXPORTED:
        path = args.export / f"{name}.onnx"
        if not path.exists():
            torch.manual_seed(0)
            model = getattr(torchvision.models, name)().eval()
            torch.onnx.export(model, (torch.randn(1, 3, 224, 224),), str(path), opset_version=17,
                              dynamo=False, input_names=["input"], output_names=["output"],
                              dynamic_axes={"input": {0: "N"}, "output": {0: "N"}})
        paths.append(path)
    return paths


def seconds(command):
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(last_line(done.stderr))
    return time.perf_counter() - start


def clipscope_ms(what, model, data, device, many, folder):
    """Milliseconds a sample, the median over the repetitions."""
    result = ["-o", f"{folder}/out.npz"] if what == "run" else ["--session", f"{folder}/s.clipscope"]
    method = [] if what == "run" else ["--method", "minmax"]
    base = [clipscope, what, model, "--data", data, "--device", device, "--batch", str(args.batch)]
    few = args.few if many > args.few else args.batch
    times = []
    for _ in range(args.repeat):
        short, long = (seconds([*map(str, base), *method, *result, "--limit", str(count)])
                       for count in (few, many))
        times.append(1e3 * (long - short) / (many - few))
    return statistics.median(times)


def torch_ms(name):
    """Eager, FP32, each batch copied from pinned memory; None and why where it cannot be."""
    try:
        import torch
        import torchvision
    except ImportError as error:
        return None, f"no {error.name}"
    if not hasattr(torchvision.models, name):
        return None, f"torchvision has no {name}"
    if not torch.cuda.is_available():
        return None, "torch sees no GPU"
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    model = getattr(torchvision.models, name)().eval().cuda()
    batch = torch.randn(args.batch, 3, 224, 224).pin_memory()
    rounds = (args.many - args.few) // args.batch
    times = []
    with torch.inference_mode():
        for _ in range(args.repeat + 1):  # the first one warms up
            torch.cuda.synchronize()
            start = time.perf_counter()
            for _ in range(rounds):
                model(batch.cuda(non_blocking=True)).cpu()
            torch.cuda.synchronize()
            times.append(1e3 * (time.perf_counter() - start) / (rounds * args.batch))
    return statistics.median(times[1:]), ""


def write_samples(path, count, shape):
    import numpy as np

    few = np.random.default_rng(0).standard_normal((args.batch, *shape), dtype=np.float32)
    samples = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, *shape))
    for first in range(0, count, args.batch):
        last = min(count, first + args.batch)
        samples[first:last] = np.roll(few, first, axis=-1)[:last - first]
    samples.flush()


def input_shape(model):
    """Of a sample: from the model's own description, 3 x 224 x 224 where it does not say."""
    done = subprocess.run([clipscope, "inspect", "--json", model], capture_output=True, text=True)
    for tensor in json.loads(done.stdout).get("tensors", []) if done.returncode == 0 else []:
        if tensor.get("op") == "Input":
            shape = tensor.get("shape") or []
            if len(shape) == 4 and all(isinstance(n, int) and n > 0 for n in shape[1:]):
                return tuple(shape[1:])
    return 3, 224, 224


def cell(work):
    try:
        return work(), ""
    except RuntimeError as error:
        return None, str(error)


def ratio(a, b, text="{:.2f}"):
    return text.format(a / b) if a and b else "–"


def measure(model, data, folder):
    name = model.stem
    here, here_why = cell(lambda: clipscope_ms("run", model, data, args.device, args.many, folder))
    all_, all_why = cell(lambda: clipscope_ms("calibrate", model, data, args.device, args.many, folder))
    cpu, cpu_why = cell(lambda: clipscope_ms("calibrate", model, data, "cpu", args.cpu_many, folder))
    peer, peer_why = torch_ms(name)
    shown = [f"{value:.3f} ms" if value else "–" for value in (here, peer, all_, cpu)]
    print(f"| {name} | {shown[0]} | {shown[1]} | {ratio(here, peer)} | {shown[2]} | "
          f"{ratio(all_, here)} | {shown[3]} | {ratio(cpu, all_, '{:.1f}')} |", flush=True)
    return [(f"{name}: {what}", why) for what, why in
            (("inference", here_why), ("PyTorch", peer_why), ("calibration", all_why),
             ("calibration on the CPU", cpu_why)) if why]


def measure_models(models):
    if not models:
        return skipped("models", "none was named; --export writes them")
    try:
        import numpy  # noqa: F401
    except ImportError:
        return skipped("models", "no numpy")
    print(f"\n| Batch {args.batch}, an image | inference | PyTorch eager FP32 | ratio (1.15 expected) |"
          " calibration | to inference (1.15 expected) | calibration on the CPU |"
          " times faster (20 expected) |")
    print("|---|---|---|---|---|---|---|---|")
    why = []
    with tempfile.TemporaryDirectory() as folder:
        for model in models:
            if not model.exists():
                why.append((model.name, f"there is no {model}"))
                continue
            shape = input_shape(model)
            data = Path(folder) / ("x".join(map(str, shape)) + ".npy")
            if not data.exists():
                write_samples(data, max(args.many, args.cpu_many), shape)
            why += measure(model, data, folder)
    print()
    for what, reason in why:
        skipped(what, reason)


add_libraries()
status, report = selftest(0)
if "skipped" in report:
    print(f"skipped: no GPU: {report['skipped']}")
    sys.exit(77)
example = ROOT / "resources/examples"
status, report = selftest(args.bandwidth_mib, "--device", args.device, "--compare", "cpu",
                          example / "lenet.onnx", "--data", example / "digits", "--batch", "8",
                          "--limit", str(min(64, args.many)))
print(f"**{report['devices'][0]['name']}**{driver()}; {processor()}, "
      f"{len(os.sched_getaffinity(0))} threads; {platform.system()} {platform.release()}\n")
report_selftest(status, report)
run_gpu_test()
measure_models(args.models + (export_models() if args.export else []))
sys.exit(1 if failures else 0)
