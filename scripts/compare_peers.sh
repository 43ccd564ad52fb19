#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# On demand, not part of the tests: exports ResNet-50 and MobileNetV2 with torch and holds
# `clipscope run` against ONNX Runtime on them at batch 1 and 5. Everything it installs goes into a
# virtual environment of the build folder (several GB, because of torch).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build.sh release
peers=build/peers
if [[ ! -x $peers/bin/python ]]; then
  echo "compare_peers: installing torch, torchvision, onnx and onnxruntime into $peers"
  python3 -m venv "$peers"
fi
"$peers/bin/pip" install --quiet numpy onnx onnxruntime torch torchvision
models=$peers/models
[[ -f $models/samples.npz ]] || "$peers/bin/python" scripts/export_models.py "$models"
for model in resnet50 mobilenet_v2; do
  "$peers/bin/python" scripts/compare_onnxruntime.py build/release/bin/clipscope \
    "$models/$model.onnx" "$models/samples.npz" --batch 1 5
done
