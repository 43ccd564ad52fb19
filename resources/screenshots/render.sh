#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Draws the pictures of this folder anew, without a display. With fonts-noto-core installed they
# look as they do in the README.
set -euo pipefail
cd "$(dirname "$0")/../.."
scripts/build.sh release -DCLIPSCOPE_TESTS=ON
cmake --build --preset release --target clipscope_screenshots
QT_QPA_PLATFORM=offscreen OMP_WAIT_POLICY=passive \
  build/release/bin/clipscope_screenshots resources/examples "${1:-resources/screenshots}"
