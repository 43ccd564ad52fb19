#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# On demand, not part of the tests: exports ResNet-50 and MobileNetV2 with torch and holds
# `clipscope run` against ONNX Runtime on them at batch 1 and 5, then times both, and ONNX Runtime's
# calibrator. Everything it installs goes into a virtual environment of the build folder (several
# GB, because of torch).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --python
scripts/build.sh release -- --target clipscope
source scripts/peers_environment.sh
peersEnvironment numpy onnx onnxruntime torch torchvision
models=$peers/models
[[ -f $models/samples.npz ]] || "$python" scripts/export_models.py "$models"
for model in resnet50 mobilenet_v2; do
  "$python" scripts/compare_onnxruntime.py build/release/bin/clipscope \
    "$models/$model.onnx" "$models/samples.npz" --batch 1 5
done
"$python" scripts/compare_speed.py build/release/bin/clipscope \
  "$models/resnet50.onnx" "$models/mobilenet_v2.onnx"
"$python" scripts/compare_calibrator.py build/release/bin/clipscope "$models/resnet50.onnx"
