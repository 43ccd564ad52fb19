#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the `cuda` preset for the oldest and the newest architecture, with warnings as errors, and
# runs the tests that need a GPU, which say that they are skipped where there is none. (Kernels are
# stepped on the CPU by scripts/test.sh.) Exit status 77 where the CUDA toolkit is missing. Arguments
# go to ctest.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v nvcc >/dev/null && [[ ! -x /usr/local/cuda/bin/nvcc ]]; then
  echo "test_cuda: skipped: there is no CUDA toolkit (nvcc)"
  exit 77
fi
mkdir -p build
log=build/cuda-configure.log
if ! cmake --preset cuda -DCLIPSCOPE_CUDA_ARCHITECTURES="75-real;90" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
cmake --build --preset cuda --target clipscope gpu_test
ctest --test-dir build/cuda -L gpu --output-on-failure "$@"
