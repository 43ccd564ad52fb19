#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# On demand, not part of the tests: makes real models (exports by torch's two exporters, trained ones
# out of PyPI packages, quantized and fused ones) and holds `clipscope run` and `calibrate` against
# ONNX Runtime on each: compare_models.sh [PATTERN] [--time], PATTERN selecting by name, such as
# 'mobilenet*'. Prints the README's table. The environment and all models take about 15 GB of the
# build folder; CLIPSCOPE_MODELS names another folder for the models.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --python
scripts/build.sh release -- --target clipscope
source scripts/peers_environment.sh
peersEnvironment numpy onnx onnxruntime torch torchvision onnxscript transformers pillow
models=${CLIPSCOPE_MODELS:-$peers/real}
pattern=*
[[ ${1:---} == --* ]] || pattern=$1
"$python" scripts/models/make_models.py "$models" "$pattern"
"$python" scripts/models/compare_models.py build/release/bin/clipscope "$models" "$@"
