#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Configures and builds a preset: build.sh PRESET [configure option...] [-- build option...]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
options=()
while (($# > 0)) && [[ $1 != -- ]]; do
  options+=("$1")
  shift
done
log=build/$preset-configure.log
mkdir -p build
if ! cmake --preset "$preset" "${options[@]}" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
cmake --build --preset "$preset" "${@:2}"
