#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds with warnings as errors, checks the formatting, runs all tests.
# Arguments go to ctest, such as -L unit or -R Histogram.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --tests
scripts/build.sh release -DCLIPSCOPE_TESTS=ON
scripts/format.sh --check
ctest --preset release --output-on-failure -j "$(nproc)" "$@"
