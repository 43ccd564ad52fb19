#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes Clipscope's examples: the digits, two trained models and their recipes.

    python train.py OUT_DIR [--references DIR]

OUT_DIR receives digits/ (360 images and labels.csv), lenet.onnx, shifted.onnx
and the recipes. With --references, DIR receives the outputs and the ranges
that ONNX Runtime measures; the tests compare Clipscope with them.

Needs torch, onnx, onnxruntime, scikit-learn, numpy and pillow. Everything is
seeded and runs on one CPU thread: the same machine and library versions give
the same files. Another processor or another version may give other last bits,
and so slightly other weights.
"""

import argparse
import csv
import json
import math
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from sklearn.datasets import load_digits

SEED = 20240607
TEST_PER_CLASS = 36   # 360 images are held out and shipped
REFERENCE_IMAGES = 20

# The recipes: value = (pixel * scale - mean) / std, as Clipscope computes it.
UNIT = 1.0 / 255.0
BASE = {
    "version": 1,
    "color": "gray",
    "exif": False,
    "resize": {"to": [28, 28], "filter": "bilinear", "like": "pil"},
    "scale": UNIT,
    "mean": [],
    "std": [],
    "layout": "CHW",
}
RECIPES = {
    # 0..1
    "lenet": BASE,
    # Mean and deviation of the training pixels, rounded.
    "shifted": {**BASE, "mean": [0.3], "std": [0.35]},
    # For the LeNet too, but far from what it was trained on: -5000..5000.
    "wide": {**BASE, "mean": [0.5], "std": [0.0001]},
}


def preprocess(pixels, recipe):
    """Pixels [N,28,28] (uint8) to the model's input [N,1,28,28] (float32).

    Computed in float64 and rounded once.
    """
    x = pixels.astype(np.float64) * recipe["scale"]
    if recipe["mean"]:
        x = x - recipe["mean"][0]
    if recipe["std"]:
        x = x / recipe["std"][0]
    return x.astype(np.float32)[:, None]


# ---------------------------------------------------------------- the images


def upscale(digit):
    """An 8x8 digit with values 0..16 as a 28x28 8-bit image."""
    small = np.rint(digit * (255.0 / 16.0)).astype(np.uint8)
    return Image.fromarray(small).resize((28, 28), Image.Resampling.BICUBIC)


def split():
    """(pixels, labels, indices held out, indices to train on)."""
    digits = load_digits()
    pixels = np.stack([np.asarray(upscale(d)) for d in digits.images])
    labels = digits.target.astype(np.int64)
    rng = np.random.default_rng(SEED)
    test = np.sort(np.concatenate([
        rng.permutation(np.flatnonzero(labels == c))[:TEST_PER_CLASS]
        for c in range(10)]))
    train = np.setdiff1d(np.arange(len(labels)), test)
    return pixels, labels, test, train


def write_json(path, entries):
    """One entry a line."""
    lines = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in entries.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def write_images(folder, pixels, labels, test):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "labels.csv", "w", newline="", encoding="utf-8") as f:
        rows = csv.writer(f, lineterminator="\n")
        rows.writerow(["file", "label"])
        for i in test:
            name = f"{i:04d}_digit{labels[i]}.png"
            Image.fromarray(pixels[i]).save(folder / name, optimize=True)
            rows.writerow([name, labels[i]])


def read_images(folder):
    """(pixels, labels) as shipped: the PNGs, decoded, in name order."""
    with open(folder / "labels.csv", newline="", encoding="utf-8") as f:
        rows = sorted((r["file"], int(r["label"])) for r in csv.DictReader(f))
    pixels = []
    for name, _ in rows:
        with Image.open(folder / name) as image:
            assert image.mode == "L" and image.size == (28, 28), name
            pixels.append(np.asarray(image))
    return np.stack(pixels), np.array([label for _, label in rows])


# ---------------------------------------------------------------- the models


class LeNet(nn.Module):
    """The network of TensorRT's classic MNIST sample."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5)
        self.conv2 = nn.Conv2d(20, 50, 5)
        self.ip1 = nn.Linear(800, 500)
        self.ip2 = nn.Linear(500, 10)

    def forward(self, x):
        """Logits; the softmax is added behind them."""
        x = F.max_pool2d(self.conv1(x), 2)
        x = F.max_pool2d(self.conv2(x), 2)
        return self.ip2(F.relu(self.ip1(x.flatten(1))))

    def output(self, x):
        return self(x).softmax(1)

    def penalty(self):
        return 0.0


class Shifted(nn.Module):
    """A small network whose distributions are anything but symmetric."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 16, 3, padding=1)
        self.res_conv1 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.res_bn = nn.BatchNorm2d(16)
        self.res_conv2 = nn.Conv2d(16, 16, 3, padding=1)
        self.branch_a = nn.Conv2d(16, 16, 1)
        self.branch_b = nn.Conv2d(16, 16, 3, padding=1)
        self.concat_bn = nn.BatchNorm2d(32)
        self.plus5 = nn.Conv2d(32, 32, 3, padding=1)
        self.head = nn.Conv2d(32, 48, 3)
        self.fc = nn.Linear(48, 10)
        with torch.no_grad():
            # The values of this layer lie around +5. The layer that reads
            # them has no padding, so it can take the shift up in its bias.
            self.plus5.weight *= 0.25
            self.plus5.bias.fill_(5.0)
            self.head.bias -= 5.0 * self.head.weight.sum((1, 2, 3))

    def forward(self, x):
        x = F.silu(self.stem(x))
        x = F.avg_pool2d(x, 2)
        y = F.gelu(self.res_bn(self.res_conv1(x)))
        x = F.leaky_relu(x + self.res_conv2(y), 0.1)
        a = F.hardswish(self.branch_a(x))
        b = F.gelu(self.branch_b(x))
        x = self.concat_bn(torch.cat([a, b], 1))
        x = F.max_pool2d(x, 2)
        self.around5 = self.plus5(x)
        x = F.leaky_relu(self.head(self.around5), 0.1)
        return self.fc(x.mean((2, 3)))

    output = forward

    def penalty(self):
        """Holds the values of plus5 in about 5 +- 1."""
        return F.relu((self.around5 - 5).abs() - 1).square().mean()


def augment(x, generator):
    """Turns, scales and moves every image a little; x holds 0..1."""
    n = len(x)

    def uniform(low, high):
        return torch.empty(n).uniform_(low, high, generator=generator)

    angle = uniform(-10, 10) * (math.pi / 180)
    scale = uniform(0.9, 1.1)
    move = 2.0 * 1.5 / 28.0   # 1.5 pixels; grid_sample's image is 2 wide
    theta = torch.stack([
        torch.stack([angle.cos() / scale, -angle.sin() / scale, uniform(-move, move)], 1),
        torch.stack([angle.sin() / scale, angle.cos() / scale, uniform(-move, move)], 1),
    ], 1)
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="zeros", align_corners=False)


def train(make, pixels, labels, recipe, epochs, weight_decay, batch=64):
    """A trained model in evaluation mode."""
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    model = make()
    x = torch.from_numpy(pixels.astype(np.float32) / 255.0)[:, None]
    y = torch.from_numpy(labels)
    mean = recipe["mean"][0] if recipe["mean"] else 0.0
    std = recipe["std"][0] if recipe["std"] else 1.0
    # Biases and batch normalisation are not decayed: +5 may stay +5.
    decayed = [p for p in model.parameters() if p.dim() > 1]
    free = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW([
        {"params": decayed, "weight_decay": weight_decay},
        {"params": free, "weight_decay": 0.0},
    ], lr=2e-3)
    steps = epochs * (len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    for epoch in range(epochs):
        total = 0.0
        order = torch.randperm(len(x), generator=generator)
        for i in range(len(x) // batch):
            pick = order[i * batch:(i + 1) * batch]
            inputs = (augment(x[pick], generator) - mean) / std
            loss = F.cross_entropy(model(inputs), y[pick]) + model.penalty()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        if (epoch + 1) % 5 == 0:
            print(f"  epoch {epoch + 1}: loss {total / (len(x) // batch):.5f}", flush=True)
    return model.eval()


# ---------------------------------------------------------------------- ONNX


class Builder:
    """Writes an ONNX graph node by node; a node has the name of its output."""

    def __init__(self, model):
        self.state = {k: v.detach().numpy() for k, v in model.state_dict().items()}
        self.nodes = []
        self.weights = {}

    def node(self, kind, name, inputs, weights=(), **attributes):
        for w in weights:
            self.weights[w] = numpy_helper.from_array(np.ascontiguousarray(self.state[w]), w)
        self.nodes.append(helper.make_node(
            kind, [*inputs, *weights], [name], name=name, **attributes))
        return name

    def conv(self, name, x, pad=0, bias=True):
        weights = [f"{name}.weight"] + ([f"{name}.bias"] if bias else [])
        k = list(self.state[f"{name}.weight"].shape[2:])
        return self.node("Conv", name, [x], weights, kernel_shape=k, strides=[1, 1],
                         pads=[pad] * 4, dilations=[1, 1], group=1)

    def gemm(self, name, x):
        return self.node("Gemm", name, [x], [f"{name}.weight", f"{name}.bias"],
                         alpha=1.0, beta=1.0, transA=0, transB=1)

    def batch_norm(self, name, x):
        weights = [f"{name}.{p}" for p in ("weight", "bias", "running_mean", "running_var")]
        return self.node("BatchNormalization", name, [x], weights, epsilon=1e-5)

    def pool(self, kind, name, x):
        return self.node(kind, name, [x], kernel_shape=[2, 2], strides=[2, 2], pads=[0] * 4)

    def save(self, path, graph, input_name, output_name, opset, ir_version):
        g = helper.make_graph(
            self.nodes, graph,
            [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, ["N", 1, 28, 28])],
            [helper.make_tensor_value_info(output_name, TensorProto.FLOAT, ["N", 10])],
            list(self.weights.values()))
        model = helper.make_model(g, producer_name="Clipscope examples",
                                  opset_imports=[helper.make_opsetid("", opset)],
                                  ir_version=ir_version)
        onnx.checker.check_model(model, full_check=True)
        path.write_bytes(model.SerializeToString(deterministic=True))


def write_lenet(model, path):
    b = Builder(model)
    x = b.conv("conv1", "data")
    x = b.pool("MaxPool", "pool1", x)
    x = b.conv("conv2", x)
    x = b.pool("MaxPool", "pool2", x)
    x = b.node("Flatten", "flatten1", [x], axis=1)
    x = b.gemm("ip1", x)
    x = b.node("Relu", "relu1", [x])
    x = b.gemm("ip2", x)
    b.node("Softmax", "prob", [x], axis=1)
    b.save(path, "lenet", "data", "prob", opset=17, ir_version=8)


def write_shifted(model, path):
    b = Builder(model)
    x = b.conv("stem", "image", pad=1)
    s = b.node("Sigmoid", "stem_sigmoid", [x])
    x = b.node("Mul", "stem_silu", [x, s])
    x = b.pool("AveragePool", "stem_pool", x)
    y = b.conv("res_conv1", x, pad=1, bias=False)
    y = b.batch_norm("res_bn", y)
    y = b.node("Gelu", "res_gelu", [y], approximate="none")
    y = b.conv("res_conv2", y, pad=1)
    x = b.node("Add", "res_add", [x, y])
    x = b.node("LeakyRelu", "res_leaky", [x], alpha=0.1)
    u = b.conv("branch_a", x)
    u = b.node("HardSwish", "branch_a_hardswish", [u])
    v = b.conv("branch_b", x, pad=1)
    v = b.node("Gelu", "branch_b_gelu", [v], approximate="none")
    x = b.node("Concat", "concat", [u, v], axis=1)
    x = b.batch_norm("concat_bn", x)
    x = b.pool("MaxPool", "concat_pool", x)
    x = b.conv("plus5", x, pad=1)
    x = b.conv("head", x)
    x = b.node("LeakyRelu", "head_leaky", [x], alpha=0.1)
    x = b.node("GlobalAveragePool", "head_pool", [x])
    x = b.node("Flatten", "head_flatten", [x], axis=1)
    b.gemm("fc", x)
    b.nodes[-1].output[0] = "logits"
    # Gelu came with opset 20.
    b.save(path, "shifted", "image", "logits", opset=20, ir_version=9)


# ----------------------------------------------------------- what it measures


def session(model):
    """ONNX Runtime on the graph as it is written: no fusions."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options,
                                        providers=["CPUExecutionProvider"])


def run(model, x):
    """The model's outputs by name, one sample at a time."""
    s = session(model)
    name = s.get_inputs()[0].name
    outputs = [o.name for o in s.get_outputs()]
    rows = [s.run(outputs, {name: x[i:i + 1]}) for i in range(len(x))]
    return {o: np.concatenate([r[k] for r in rows]) for k, o in enumerate(outputs)}


def activations(path, x):
    """Every activation of the model by name, the input included."""
    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    known = {v.name: v for v in model.graph.value_info}
    order = [o for n in model.graph.node for o in n.output]
    outputs = {o.name: o for o in model.graph.output}
    del model.graph.output[:]
    model.graph.output.extend([outputs.get(o) or known[o] for o in order])
    return {model.graph.input[0].name: x, **run(model, x)}


def ranges(values):
    return {k: {"min": float(v.min()), "max": float(v.max()), "amax": float(np.abs(v).max())}
            for k, v in values.items()}


def check(name, path, torch_model, recipe, pixels, labels, references):
    x = preprocess(pixels, recipe)
    result = run(onnx.load(path), x)
    (output, got), = result.items()
    with torch.no_grad():
        want = torch_model.output(torch.from_numpy(x)).numpy()
    accuracy = float((got.argmax(1) == labels).mean())
    error = float(np.abs(got - want).max() / np.abs(want).max())
    print(f"{name}: accuracy {100 * accuracy:.2f} % on {len(labels)} images, "
          f"relative error to torch {error:.2e}, {path.stat().st_size} bytes")
    assert accuracy > 0.97 and error < 1e-5
    values = activations(path, x)
    measured = ranges(values)
    for tensor, r in measured.items():
        print(f"  {tensor:20} {r['min']:12.6g} {r['max']:12.6g}")
    if name == "shifted":
        v = values["plus5"]
        share = float(((v >= 3) & (v <= 7)).mean())
        print(f"  plus5: mean {v.mean():.3f}, deviation {v.std():.3f}, "
              f"{100 * share:.2f} % of its values in [3, 7]")
        assert share > 0.9
    if references:
        np.savez(references / f"{name}_outputs.npz", **{output: got[:REFERENCE_IMAGES]})
        write_json(references / f"{name}_ranges.json", measured)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--references", type=Path, metavar="DIR",
                        help="also write ONNX Runtime's outputs and ranges there")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    pixels, labels, test, rest = split()
    write_images(args.out / "digits", pixels, labels, test)
    for name, recipe in RECIPES.items():
        write_json(args.out / f"{name}.preprocess.json", recipe)

    shipped, truth = read_images(args.out / "digits")
    assert np.array_equal(shipped, pixels[test]) and np.array_equal(truth, labels[test])
    if args.references:
        args.references.mkdir(parents=True, exist_ok=True)

    for name, make, write, epochs, decay in (
            ("lenet", LeNet, write_lenet, 25, 0.05),
            ("shifted", Shifted, write_shifted, 40, 0.05)):
        print(f"training {name}", flush=True)
        model = train(make, pixels[rest], labels[rest], RECIPES[name], epochs, decay)
        path = args.out / f"{name}.onnx"
        write(model, path)
        check(name, path, model, RECIPES[name], shipped, truth, args.references)


if __name__ == "__main__":
    main()
