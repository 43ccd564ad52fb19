#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Counts how many of ONNX's backend test cases pass: conformance.sh [--download | DATA] [PATTERN]
# --download fetches the PyPI wheel onnx 1.20.1 (17 MB) into the build folder; DATA is a folder that
# holds the sets node, simple, pytorch-converted, pytorch-operator and real. Without either, what an
# earlier --download fetched or Debian's libonnx-testdata. Exit status 77 where there are no data.
set -euo pipefail
cd "$(dirname "$0")/.."
wheel=onnx==1.20.1
fetched=build/conformance
inWheel=onnx/backend/test/data
debian=/usr/share/libonnx-testdata/data

runner=
if [[ ${1:-} == --runner ]]; then # as ctest calls it
  runner=$2
  shift 2
fi
if [[ ${1:-} == --download ]]; then
  shift
  if [[ ! -d $fetched/$inWheel ]]; then
    scripts/setup.sh --python
    mkdir -p "$fetched"
    python3 -m pip download --quiet --no-deps --only-binary=:all: --dest "$fetched" "$wheel"
    python3 -m zipfile -e "$fetched"/onnx-*.whl "$fetched"
  fi
fi

data=
for candidate in "${1:-}" "$fetched/$inWheel" "$debian"; do
  if [[ -n $candidate && -d $candidate/node ]]; then
    data=$candidate
    break
  fi
done
if [[ -n ${1:-} && $data == "${1:-}" ]]; then
  shift
fi
if [[ -z $data ]]; then
  echo "conformance: no test data; run scripts/conformance.sh --download, or install libonnx-testdata"
  exit 77
fi
if [[ -z $runner ]]; then
  scripts/setup.sh --tests
  scripts/build.sh release -DCLIPSCOPE_TESTS=ON -- --target clipscope_conformance
  runner=build/release/bin/clipscope_conformance
fi
echo "conformance: $data"
"$runner" "$data" tests/conformance/skipped.txt "$@"
