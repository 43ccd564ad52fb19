#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Packs what scripts/test_cuda.sh built for a machine with a GPU that has CUDA and cuDNN but lacks
# other libraries: the executables, stripped, and the shared libraries that they need, those of CUDA,
# glibc and GCC left out. Unpacked there in a copy of the repository (tar -xJf gpu.tar.xz),
# scripts/gpu_figures.py finds it all.
# usage: pack_for_gpu.sh [OUT.tar.xz]; CLIPSCOPE_BUILD names another build folder than build/cuda,
# the end of OUT how it is compressed.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-build/gpu.tar.xz}
build=${CLIPSCOPE_BUILD:-build/cuda}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/build/cuda/bin" "$folder/build/cuda/lib"
packed=0
for name in clipscope gpu_test; do
  binary=$build/bin/$name
  if [[ ! -x $binary ]]; then
    echo "pack_for_gpu: there is no $binary" >&2
    continue
  fi
  packed=1
  strip -o "$folder/build/cuda/bin/$name" "$binary"
  ldd "$binary" | awk '$3 ~ /^\// { print $1, $3 }' | while read -r soname path; do
    case $soname in
      libc.so* | libm.so* | libdl.so* | librt.so* | libpthread.so* | libstdc++.so* | libgcc_s.so* | \
        libcu* | libnv*) ;;
      *) install -m 755 "$(readlink -f "$path")" "$folder/build/cuda/lib/$soname" ;;
    esac
  done
done
if ((packed == 0)); then
  echo "pack_for_gpu: nothing to pack: run scripts/test_cuda.sh first" >&2
  exit 2
fi
XZ_OPT=-T0 tar -C "$folder" --sort=name -caf "$out" build
echo "$out: $(($(stat -c %s "$out") >> 10)) KiB; unpacked $(du -sk "$folder" | cut -f1) KiB"
