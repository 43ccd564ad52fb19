#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and does the main job on the example that ships with Clipscope:
# on the command line, then in the window where there is a display, else in a picture of the window.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh release -DCLIPSCOPE_TESTS=OFF

clipscope=build/release/bin/clipscope
example=resources/examples
out=${1:-build/example}
mkdir -p "$out"
echo
echo "== Calibrating $example/lenet.onnx on the images of $example/digits"
"$clipscope" calibrate "$example/lenet.onnx" --data "$example/digits" --method entropy \
  --session "$out/lenet.clipscope" -o "$out/lenet.cache" --format tensorrt
echo
echo "== What each threshold costs"
"$clipscope" inspect "$out/lenet.clipscope"
echo
echo "== Adjusting one threshold by hand: ip2"
"$clipscope" set "$out/lenet.clipscope" ip2 --threshold 20 -o "$out/adjusted.clipscope"
"$clipscope" export "$out/adjusted.clipscope" -o "$out/adjusted.cache" --format tensorrt
diff "$out/lenet.cache" "$out/adjusted.cache" || true
echo
echo "Made in $out:"
echo "  lenet.clipscope     the session: every histogram, threshold and edit"
echo "  lenet.cache         the TensorRT calibration cache"
echo "  adjusted.clipscope  the session with the edit"
echo "  adjusted.cache      the cache with the one line changed"

gui=build/release/bin/clipscope-gui
if [[ -x $gui ]]; then
  if [[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]]; then
    echo
    echo "== Opening the adjusted session in the window"
    exec "$gui" "$out/adjusted.clipscope" --tensor ip2
  fi
  "$gui" "$out/adjusted.clipscope" --tensor ip2 --picture "$out/window.png"
  echo "  window.png          the window with that session (there is no display to open it on)"
fi
