#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what a build on Debian 12 needs and is missing. Says what it does; does nothing when
# everything is there. Run by run.sh and test.sh; "setup.sh --tests" adds what only the tests need.
set -euo pipefail

packages=(
  g++ cmake ninja-build pkg-config ccache mold
  libeigen3-dev libdnnl-dev ocl-icd-opencl-dev libprotobuf-dev protobuf-compiler
  nlohmann-json3-dev libcli11-dev libfmt-dev libzip-dev libturbojpeg0-dev libjpeg62-turbo-dev libpng-dev libssl-dev
  qt6-base-dev qt6-svg-dev libqcustomplot-dev libgl1-mesa-dev
)
if [[ "${1:-}" == --tests ]]; then
  packages+=(libgtest-dev libbenchmark-dev libonnx-testdata clang-format)
fi

missing=()
for package in "${packages[@]}"; do
  if [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]]; then
    missing+=("$package")
  fi
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

sudo=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "setup: these packages are missing; install them as root: ${missing[*]}" >&2
    exit 1
  fi
  sudo=(sudo)
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
