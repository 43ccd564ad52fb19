# SPDX-License-Identifier: Apache-2.0
"""Writes ResNet-50 and MobileNetV2 as ONNX, with random weights: for comparing outputs and speed.

usage: python export_models.py OUT_DIR      needs torch, torchvision and onnx (PyPI)

Also writes samples.npz, eight normal samples, under the input's name.
"""
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
import torchvision

warnings.filterwarnings("ignore")
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for name in ("resnet50", "mobilenet_v2"):
    torch.manual_seed(0)
    model = getattr(torchvision.models, name)().eval()
    torch.onnx.export(model, (torch.randn(1, 3, 224, 224),), str(out / f"{name}.onnx"),
                      opset_version=17, dynamo=False, input_names=["input"],
                      output_names=["output"],
                      dynamic_axes={"input": {0: "N"}, "output": {0: "N"}})
rng = np.random.default_rng(0)
np.savez(out / "samples.npz", input=rng.standard_normal((8, 3, 224, 224), dtype=np.float32))
