#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what a build on Debian 12 needs and is missing. Says what it does; does nothing when
# everything is there. Run by run.sh and test.sh; "setup.sh --tests" adds what only the tests need,
# "--python" what installs packages of PyPI.
set -euo pipefail

optional=()
packages=(
  g++ cmake ninja-build pkg-config ccache mold
  libeigen3-dev libdnnl-dev ocl-icd-opencl-dev libprotobuf-dev protobuf-compiler
  nlohmann-json3-dev libcli11-dev libfmt-dev libzip-dev libturbojpeg0-dev libjpeg62-turbo-dev libpng-dev libssl-dev
  qt6-base-dev qt6-svg-dev libqcustomplot-dev libgl1-mesa-dev
)
if [[ " $* " == *" --python "* ]]; then
  packages+=(python3-pip python3-venv)
fi
if [[ " $* " == *" --tests "* ]]; then
  packages+=(libgtest-dev libbenchmark-dev clang-format)
  # What only lets more tests run: they say that they are skipped where it cannot be had.
  optional=(libonnx-testdata xvfb xauth)
fi

is_missing() {
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" != installed ]]
}
missing=()
for package in "${packages[@]}"; do
  if is_missing "$package"; then missing+=("$package"); fi
done
wanted=()
for package in "${optional[@]}"; do
  if is_missing "$package"; then wanted+=("$package"); fi
done
if ((${#missing[@]} + ${#wanted[@]} == 0)); then
  exit 0
fi

sudo=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    if ((${#missing[@]} == 0)); then exit 0; fi
    echo "setup: these packages are missing; install them as root: ${missing[*]}" >&2
    exit 1
  fi
  sudo=(sudo)
fi
echo "setup: installing ${missing[*]} ${wanted[*]}"
export DEBIAN_FRONTEND=noninteractive
install() {
  "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
if ((${#missing[@]} > 0)); then
  "${sudo[@]}" apt-get update -qq
  install "${missing[@]}"
fi
for package in "${wanted[@]}"; do
  install "$package" 2>/dev/null || echo "setup: $package cannot be had; the tests that need it are skipped"
done
